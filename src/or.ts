/** The value of an option: `value`, or `fallback` when it is absent. */
export function or<T>(value: T | undefined, fallback: T): T {
  return value === undefined ? fallback : value;
}

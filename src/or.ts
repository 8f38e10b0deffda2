/** `value`, or `fallback` where it is absent: what an option stands for. */
export function or<T>(value: T | undefined, fallback: T): T {
  return value === undefined ? fallback : value;
}

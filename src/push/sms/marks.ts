/**
 * The marks of the short messages that were settled last: a check of 30 bits of each. Networks repeat a message whose
 * acknowledgement was lost, and modems one that was not deleted. Two marks are equal by chance once in 2^30 / `size`
 * messages; then the server must send again. A mark includes TP-SCTS, which differs when a message is sent again on purpose.
 */
export interface Marks {
  ring: number[];
  size: number;
  /** The number of marks so far. */
  count: number;
}

/** Remembers up to `size` marks, each in 4 to 8 bytes. */
export function newMarks(size: number): Marks {
  return { ring: [], size, count: 0 };
}

export function hasMark(m: Marks, mark: number): boolean {
  return m.ring.indexOf(mark) >= 0;
}

export function addMark(m: Marks, mark: number): void {
  if (m.size > 0) m.ring[m.count++ % m.size] = mark;
}

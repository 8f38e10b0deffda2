/**
 * The marks of the short messages that were settled last: a check of 30 bits of each. Networks repeat a message whose
 * acknowledgement was lost, and modems one that was not deleted. Two marks are equal by chance once in 2^30 / `size`
 * messages; then the server must send again. A mark includes TP-SCTS, which differs when a message is sent again on purpose.
 */
export interface Marks {
  has(mark: number): boolean;
  add(mark: number): void;
}

/** Remembers up to `size` marks, each in 4 to 8 bytes. */
export function createMarks(size: number): Marks {
  const marks: number[] = []; // the oldest first

  function has(mark: number): boolean {
    return marks.indexOf(mark) >= 0;
  }

  function add(mark: number): void {
    if (marks.push(mark) > size) marks.shift();
  }

  return { has, add };
}

/** Suggests the word that was probably meant. */

/** ", did you mean X?" where one of `words` is close to `word`, else "". */
export function suggestion(word: string, words: readonly string[]): string {
  const lower = word.toLowerCase();
  let best = "";
  let least = Math.max(1, Math.floor(lower.length / 3)) + 1;
  for (const one of words) {
    const distance = distanceOf(lower, one.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    best = one;
  }
  if (best === "" && lower.length > 2) best = words.find(one => isBeginning(one.toLowerCase(), lower)) ?? "";
  return best === "" ? "" : `, did you mean ${best}?`;
}

/** Whether one begins with the other, as "timeoutMinutes" with "timeout". */
function isBeginning(one: string, other: string): boolean {
  return one.startsWith(other) || (one.length > 3 && other.startsWith(one));
}

/** The number of insertions, deletions, changes and swaps of neighbours that turn `b` into `a` (optimal string alignment). */
function distanceOf(a: string, b: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      if (i === 0) {
        row.push(j);
        continue;
      }
      const above = rows[i - 1]!;
      let least = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** A seeded generator (mulberry32), so that a failing run can be repeated. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return below => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (((t ^ (t >>> 14)) >>> 0) % 65536) % below;
  };
}

export function shuffle<T>(items: T[], random: (below: number) => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const k = random(i + 1);
    [items[i], items[k]] = [items[k], items[i]];
  }
  return items;
}

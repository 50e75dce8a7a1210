/** Numbers that look random and are the same for the same seed. */
export interface Random {
  /** A whole number below `end`. */
  below(end: number): number
  pick<Item>(items: readonly Item[]): Item
  bytes(count: number): Buffer
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  function below(end: number): number {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end)
  }
  return {
    below,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
  }
}

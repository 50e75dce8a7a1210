/** What is compared, and what only one of the two has. */
export interface Pairing<Item> {
  readonly pairs: readonly (readonly [Item, Item])[]
  readonly onlyBefore: readonly Item[]
  readonly onlyAfter: readonly Item[]
}

/** Pairs by name; then those that are left, of one kind, in their order. */
export function pairUp<Item>(
  before: readonly Item[],
  after: readonly Item[],
  nameOf: (item: Item) => string,
  kindOf: (item: Item) => string,
): Pairing<Item> {
  const unnamed = after.filter((item) => !before.some((other) => nameOf(other) === nameOf(item)))
  const onlyBefore: Item[] = []
  const pairs = before.flatMap((item): [Item, Item][] => {
    const same = after.find((other) => nameOf(other) === nameOf(item))
    if (same !== undefined) return [[item, same]]
    const index = unnamed.findIndex((other) => kindOf(other) === kindOf(item))
    const [next] = index === -1 ? [] : unnamed.splice(index, 1)
    if (next !== undefined) return [[item, next]]
    onlyBefore.push(item)
    return []
  })
  return { pairs, onlyBefore, onlyAfter: unnamed }
}

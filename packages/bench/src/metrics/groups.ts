/** The numbers of the rows of each group, in the order of the groups' first rows. */
export function rowsByGroup<Group extends string | number>(
  groups: readonly (Group | undefined)[],
): Map<Group, number[]> {
  const found = new Map<Group, number[]>()
  for (const [index, group] of groups.entries()) {
    if (group === undefined) continue
    const known = found.get(group)
    if (known === undefined) found.set(group, [index])
    else known.push(index)
  }
  return found
}

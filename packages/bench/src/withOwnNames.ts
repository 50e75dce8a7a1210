/** Of several things of one name all but the first get a number: results are told apart by names. */
export function withOwnNames<Named extends { readonly name: string }>(items: readonly Named[]): Named[] {
  return items.map((item, index) => {
    const before = items.slice(0, index).filter(({ name }) => name === item.name).length
    return before === 0 ? item : { ...item, name: `${item.name} (${before + 1})` }
  })
}

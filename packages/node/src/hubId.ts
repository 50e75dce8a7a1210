/** What a hub keeps, as its addresses name it. */
export type HubKind = 'models' | 'datasets'

/** A model or a data set of the hub at a revision. */
export interface HubId {
  readonly kind: HubKind
  readonly owner: string
  readonly name: string
  /** A branch, a tag or a commit. */
  readonly revision: string
}

const HUB_ID = /^(?<owner>\w[\w.-]{0,95})\/(?<name>\w[\w.-]{0,95})(?:@(?<revision>[\w.-]+(?:\/[\w.-]+)*))?$/

/** Reads `owner/name` or `owner/name@revision`; undefined if a text is neither. The revision is `main` by default. */
export function parseHubId(text: string, kind: HubKind = 'models'): HubId | undefined {
  const { owner, name, revision = 'main' } = HUB_ID.exec(text)?.groups ?? {}
  if (owner === undefined || name === undefined || text.includes('..')) return undefined
  return { kind, owner, name, revision }
}

/** The id as it was written. */
export function formatHubId({ owner, name, revision }: HubId): string {
  return `${owner}/${name}${revision === 'main' ? '' : `@${revision}`}`
}

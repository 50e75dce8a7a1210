/** What an error code means and what to do about it. */
export interface ErrorEntry {
  /** What went wrong, in general. */
  readonly meaning: string
  /** What the caller can do about it. */
  readonly remedy: string
}

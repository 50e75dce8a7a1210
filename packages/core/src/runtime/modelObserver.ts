/** What a run of the model was: counts and times, never words. */
export interface ModelRun {
  /** How long each of the rows that ran together had waited for its turn, ms. */
  readonly waitedMs: readonly number[]
  readonly ranMs: number
  /** The tokens that were computed, padding not included. */
  readonly tokensRun: number
  /** The tokens before them that had been computed earlier. */
  readonly tokensReused: number
}

/** Is told what a model does, for metrics. It must not throw. */
export interface ModelObserver {
  /** After each run that gave an answer. */
  onRun(run: ModelRun): void
  /** When states are kept or dropped: by how many bytes more they need now, all together; less than 0 if fewer. */
  onCacheChange(bytes: number): void
}

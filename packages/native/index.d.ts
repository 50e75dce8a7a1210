/** The first tokens of a state, which is known by its number. */
export interface Past {
  readonly id: number
  readonly tokenCount: number
}

/** A row of a run. */
export interface Row {
  /** The tokens to run, without those of the past. */
  readonly tokens: readonly number[]
  readonly past?: Past | undefined
  /** Keeps a state under this number: the first `tokenCount` tokens, those of the past included. */
  readonly keep?: Past | undefined
}

/** What a row gave. */
export interface RowResult {
  /** Of the four actions, in class order, and then of a yield, if the graph has it. */
  readonly logits: readonly number[]
  /** The memory of the state that was kept, pages that it shares included; 0 if none was. */
  readonly stateBytes: number
}

/** A model that is loaded, and the states it keeps. */
export interface NativeModel {
  /**
   * Answers rows of any length together, in one pass over the weights.
   *
   * @throws Error at once if a state is unknown or shorter, or a token or position too large; nothing is run then
   */
  run(rows: readonly Row[]): Promise<RowResult[]>
  /** Forgets a state; runs that were asked for before are not concerned. */
  release(id: number): void
  /** Frees everything once the runs under way are done. */
  close(): void
}

/**
 * Loads a model.
 *
 * @param path of a fused int8 graph (model.onnx). Neither it nor the files beside it that hold weights of it
 *   (embeddings.bin) may change while it is open
 * @param threads that share the work of a run
 * @throws Error if the processor has no AVX2, the file is no such graph, or weights of it are not where it says
 */
export function openModel(path: string, threads: number): Promise<NativeModel>

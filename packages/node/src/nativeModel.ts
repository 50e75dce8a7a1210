import { type LanguageModel, type Manifest, TurnwiseError } from '@turnwise/core'
import { createGraphModel, type Graph, type GraphModelOptions, type GraphRow } from '@turnwise/core/runtime'
import type { NativeModel } from '@turnwise/native'

/** The one that the kernels are written for. */
const HEAD_SIZE = 64
/** Of the row that is run once after loading: a prompt's threads and memory are there when the first one comes. */
const WARM_UP_TOKENS = 16

/** Options of {@link createNativeModel}. */
export interface NativeModelOptions extends GraphModelOptions {
  /** Threads that share the work of a run. */
  readonly threads: number
}

/**
 * A language model over our own runtime. It computes in threads of its own, so that this one stays free.
 *
 * @param path of the .onnx file, which must not change while the model is open
 * @throws TurnwiseError RUNTIME_UNAVAILABLE if there is no build for this machine, or the graph is none that it runs;
 *   MODEL_FAILED
 */
export async function createNativeModel(
  path: string,
  manifest: Manifest,
  { threads, ...limits }: NativeModelOptions,
): Promise<LanguageModel> {
  const graph = createNativeGraph(await openFile(path, manifest, threads))
  try {
    await graph.run([{ tokens: Array.from({ length: WARM_UP_TOKENS }, () => manifest.tokens.messageEnd) }])
  } catch (error) {
    await graph.close()
    throw error
  }
  return createGraphModel(graph, limits)
}

async function openFile(path: string, { name, onnx }: Manifest, threads: number): Promise<NativeModel> {
  if (onnx.form !== 'fused' || onnx.logits !== 'actions' || onnx.headSize !== HEAD_SIZE) {
    const problem = `The native runtime runs fused graphs with heads of ${HEAD_SIZE}; ${name} is none.`
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', problem, { value: onnx.form })
  }
  const native = await loadNative()
  try {
    return await native.openModel(path, threads)
  } catch (cause) {
    const problem = `The native runtime does not run ${path}: ${reasonOf(cause)}.`
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', problem, { value: path, cause })
  }
}

/** Loads the addon when it is needed: nothing happens at import. */
async function loadNative(): Promise<typeof import('@turnwise/native')> {
  try {
    return await import('@turnwise/native')
  } catch (cause) {
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', `The native runtime does not load: ${reasonOf(cause)}.`, { cause })
  }
}

/** Takes rows with pasts of their own together. */
function createNativeGraph(model: NativeModel): Graph {
  return {
    sharing: 'packed',
    async run(rows: readonly GraphRow[]) {
      try {
        return await model.run(rows)
      } catch (cause) {
        throw new TurnwiseError('MODEL_FAILED', `The native runtime failed: ${reasonOf(cause)}`, { cause })
      }
    },
    release: (id) => model.release(id),
    close: async () => model.close(),
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

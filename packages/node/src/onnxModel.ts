import { type LanguageModel, type Manifest, type ModelAnswer, TurnwiseError } from '@turnwise/core'
import type { InferenceSession } from 'onnxruntime-node'
import { keyValueNames } from './onnxFeeds.js'
import { createRowRunner, type PreparedRequest } from './onnxRows.js'
import { loadOnnxRuntime, type OnnxSessionOptions, openOnnxSession } from './onnxRuntime.js'

/** Rows worth running together on a few cores; more gain nothing and delay the others. */
const MAX_BATCH_SIZE = 16
/** Beyond it a batch is slower than its rows one by one: its activations leave the cache. */
const MAX_BATCH_TOKENS = 512
/** What is run once after loading, so that the first decision is as fast as the others. */
const WARM_UP_TOKENS = 16

/**
 * A language model over ONNX Runtime, in this process. Both forms of the graph are understood.
 *
 * @param path of the .onnx file
 * @throws TurnwiseError RUNTIME_UNAVAILABLE, MODEL_FILE_INVALID, MODEL_FAILED
 */
export async function createOnnxModel(
  path: string,
  manifest: Manifest,
  options: OnnxSessionOptions,
): Promise<LanguageModel> {
  const runtime = await loadOnnxRuntime()
  const session = await openOnnxSession(runtime, path, options)
  try {
    checkNames(session, manifest, path)
  } catch (error) {
    await session.release()
    throw error
  }
  const rows = createRowRunner(runtime, session, manifest)
  let lastRun: Promise<unknown> = Promise.resolve()
  let closing: Promise<void> | undefined

  async function answerAll(requests: readonly PreparedRequest[]): Promise<ModelAnswer[]> {
    const batch = await rows.runTogether(requests.filter(rows.canRunTogether))
    const answers: ModelAnswer[] = []
    for (const request of requests) {
      const answer = rows.canRunTogether(request) ? batch.shift() : await rows.runAlone(request)
      if (answer !== undefined) answers.push(answer)
    }
    return answers
  }

  const model: LanguageModel = {
    maxBatchSize: MAX_BATCH_SIZE,
    maxBatchTokens: MAX_BATCH_TOKENS,
    async run(requests) {
      if (closing !== undefined) throw new TurnwiseError('DETECTOR_CLOSED', 'The model is closed.')
      // Now, not when their turn comes: a state may be released in between.
      const prepared = requests.map(rows.prepare)
      const answers = lastRun.then(() => answerAll(prepared)).catch(wrapFailure)
      lastRun = answers.catch(() => undefined)
      return answers
    },
    async close() {
      closing ??= lastRun.then(() => session.release())
      await closing
    },
  }
  try {
    await model.run([{ tokens: Array.from({ length: WARM_UP_TOKENS }, () => manifest.tokens.messageEnd) }])
  } catch (error) {
    await model.close()
    throw error
  }
  return model
}

function wrapFailure(cause: unknown): never {
  if (cause instanceof TurnwiseError) throw cause
  throw new TurnwiseError('MODEL_FAILED', 'ONNX Runtime failed.', { cause })
}

/** @throws TurnwiseError MODEL_FILE_INVALID if the graph has not the inputs and outputs of its form */
function checkNames(session: InferenceSession, { onnx }: Manifest, path: string): void {
  const { inputs, outputs } = keyValueNames(onnx)
  const positions = onnx.form === 'published' ? ['position_ids'] : []
  const expected = [...['input_ids', 'attention_mask'], ...positions, ...inputs, ...['logits'], ...outputs]
  const found = [...session.inputNames, ...session.outputNames]
  const missing = expected.find((name) => !found.includes(name))
  const unknown = session.inputNames.find((name) => !expected.includes(name))
  if (missing === undefined && unknown === undefined) return
  const problem = missing === undefined ? `wants an unknown input ${unknown}` : `has no ${missing}`
  throw new TurnwiseError('MODEL_FILE_INVALID', `The graph in ${path} ${problem}.`, { value: missing ?? unknown })
}

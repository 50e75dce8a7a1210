import { TurnwiseError } from '@turnwise/core'
import type { InferenceSession } from 'onnxruntime-node'

/** The module of ONNX Runtime. */
export type OnnxRuntime = typeof import('onnxruntime-node')

/**
 * Loads the native runtime when it is needed: nothing happens at import.
 *
 * @throws TurnwiseError RUNTIME_UNAVAILABLE
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  // Since 1.29 it sends usage data to its maker unless told otherwise before it starts: it reads the command line, which
  // may hold a conversation, and crashes if that is long. Who wants that can set it to 0.
  process.env.ORT_DISABLE_TELEMETRY ??= '1'
  try {
    const runtime = await import('onnxruntime-node')
    // Its warnings about graphics cards that are not used would be the first thing a user sees.
    runtime.env.logLevel = 'error'
    return runtime
  } catch (cause) {
    const platform = `${process.platform} ${process.arch}`
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', `onnxruntime-node does not load on ${platform}.`, { cause })
  }
}

/** Options of {@link openOnnxSession}. */
export interface OnnxSessionOptions {
  /** Threads that share the work of one run. */
  readonly threads: number
  /** Whether threads wait awake for their next piece of a run. Never between runs. */
  readonly spinning: boolean
}

/**
 * Opens a model file. The runtime reads it by its path: no copy passes through JavaScript.
 *
 * @throws TurnwiseError MODEL_FILE_INVALID
 */
export async function openOnnxSession(
  runtime: OnnxRuntime,
  path: string,
  { threads, spinning }: OnnxSessionOptions,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(path, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      // Its errors are thrown; they need not be printed as well.
      logSeverityLevel: 4,
      extra: { session: { intra_op: { allow_spinning: spinning ? '1' : '0' }, force_spinning_stop: '1' } },
    })
  } catch (cause) {
    throw new TurnwiseError('MODEL_FILE_INVALID', `ONNX Runtime cannot read ${path}.`, { value: path, cause })
  }
}

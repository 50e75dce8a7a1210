import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isRecord, TurnwiseError } from '@turnwise/core'
import type { PythonResult } from './latencyResult.js'

/** A file or folder, and what it is called in results. */
export interface NamedPath {
  readonly name: string
  readonly path: string
}

/** What Python times. */
export interface PythonJob {
  readonly graphs: readonly NamedPath[]
  /** A folder of the published form, for PyTorch. */
  readonly torch: NamedPath | null
  readonly threads: number
  readonly rounds: number
  readonly tokens: readonly number[]
}

const run = promisify(execFile)

/**
 * Times files in Python: scripts/measure_python.py.
 *
 * @param command that starts Python, such as `uv run --project training python`, in its words
 * @throws TurnwiseError RUNTIME_UNAVAILABLE
 */
export async function runPython(
  [program = 'python3', ...first]: readonly string[],
  job: PythonJob,
): Promise<PythonResult[]> {
  const script = fileURLToPath(new URL('../../scripts/measure_python.py', import.meta.url))
  let json: unknown
  try {
    const { stdout } = await run(program, [...first, script, JSON.stringify(job)], { maxBuffer: 2 ** 26 })
    json = JSON.parse(stdout)
  } catch (cause) {
    throw new TurnwiseError('RUNTIME_UNAVAILABLE', `${program} did not time the files.`, { value: program, cause })
  }
  const isResult = Array.isArray(json) && json.every((entry) => isRecord(entry) && Array.isArray(entry.samplesMs))
  if (!isResult) throw new TurnwiseError('RUNTIME_UNAVAILABLE', `${program} printed something else than times.`)
  return json as PythonResult[]
}

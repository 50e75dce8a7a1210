import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { isRecord, TurnwiseError, throwIfAborted } from '@turnwise/core'
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
 * @throws TurnwiseError PYTHON_FAILED, ABORTED
 */
export async function runPython(
  [program = 'python3', ...first]: readonly string[],
  job: PythonJob,
  signal?: AbortSignal,
): Promise<PythonResult[]> {
  const script = fileURLToPath(new URL('../../scripts/measure_python.py', import.meta.url))
  let json: unknown
  try {
    const { stdout } = await run(program, [...first, script, JSON.stringify(job)], { maxBuffer: 2 ** 26, signal })
    json = JSON.parse(stdout)
  } catch (cause) {
    throwIfAborted(signal)
    const problem = `${program} did not time the files${reasonOf(cause)}.`
    throw new TurnwiseError('PYTHON_FAILED', problem, { value: program, cause })
  }
  const isResult = Array.isArray(json) && json.every((entry) => isRecord(entry) && Array.isArray(entry.samplesMs))
  if (!isResult) throw new TurnwiseError('PYTHON_FAILED', `${program} printed something else than times.`)
  return json as PythonResult[]
}

/** That it is not there, or the last line that it wrote: Python's own error, such as a module that is missing. */
function reasonOf(cause: unknown): string {
  const { code, stderr } = isRecord(cause) ? cause : {}
  if (code === 'ENOENT') return ': there is no such command'
  const last = typeof stderr === 'string' ? stderr.trim().split('\n').at(-1) : undefined
  return last === undefined || last === '' ? '' : `: ${last.replace(/\.$/, '')}`
}

import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { TurnwiseError, throwIfAborted } from '@turnwise/core'
import type { FreshProcessJob } from './freshProcess.js'
import type { ProcessResult, ProcessRun } from './latencyResult.js'

const run = promisify(execFile)

/** Loads a system in `runs` processes, one after the other. @throws TurnwiseError MODEL_FAILED, ABORTED */
export async function timeProcesses(
  name: string,
  job: FreshProcessJob,
  runs: number,
  signal?: AbortSignal,
): Promise<ProcessResult> {
  const found: ProcessRun[] = []
  for (let index = 0; index < runs; index += 1) found.push(await startProcess(name, job, signal))
  return { name, runs: found }
}

async function startProcess(name: string, job: FreshProcessJob, signal: AbortSignal | undefined): Promise<ProcessRun> {
  // From the sources, as tests run, it is the built one too: Node 20 runs no TypeScript.
  const script = fileURLToPath(new URL('../../dist/latency/freshProcess.js', import.meta.url))
  try {
    const { stdout } = await run(process.execPath, [script, JSON.stringify(job)], { signal })
    return JSON.parse(stdout) as ProcessRun
  } catch (cause) {
    throwIfAborted(signal)
    throw new TurnwiseError('MODEL_FAILED', `${name} could not be loaded in a process of its own.`, { cause })
  }
}

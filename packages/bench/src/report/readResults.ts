import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { TurnwiseError } from '@turnwise/core'
import type { AccuracyResult } from '../accuracy/accuracyResult.js'
import type { LatencyResult } from '../latency/latencyResult.js'
import { readResultOf } from '../results/resultFile.js'
import { RESULT_KINDS, type ResultHeader, type ResultKind } from '../results/resultHeader.js'
import type { StreamingResult } from '../streaming/streamingResult.js'
import type { ReportResults } from './buildReport.js'

/** Where the result of a kind lies in a folder. */
export function resultPath(folder: string, kind: ResultKind): string {
  return join(folder, `${kind}.json`)
}

/**
 * The results of a folder.
 *
 * @throws TurnwiseError INVALID_RESULT if one of them cannot be read, or there is none
 */
export async function readResults(folder: string): Promise<ReportResults> {
  const accuracy = await readOptional<AccuracyResult>(folder, 'accuracy')
  const streaming = await readOptional<StreamingResult>(folder, 'streaming')
  const latency = await readOptional<LatencyResult>(folder, 'latency')
  if (accuracy !== undefined || streaming !== undefined || latency !== undefined)
    return { accuracy, streaming, latency }
  const names = RESULT_KINDS.map((kind) => `${kind}.json`).join(', ')
  throw new TurnwiseError('INVALID_RESULT', `${folder} has none of ${names}.`, { value: folder })
}

/** Whether a folder has a result of a kind. */
export async function hasResult(folder: string, kind: ResultKind): Promise<boolean> {
  return access(resultPath(folder, kind)).then(
    () => true,
    () => false,
  )
}

async function readOptional<Result extends ResultHeader>(
  folder: string,
  kind: ResultKind,
): Promise<Result | undefined> {
  return (await hasResult(folder, kind)) ? readResultOf<Result>(resultPath(folder, kind), kind) : undefined
}

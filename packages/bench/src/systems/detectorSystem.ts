import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { SILENT_ACTIONS, SPEAKING_ACTIONS } from '@turnwise/core'
import { type Decision, type Detector, type LoadOptions, loadDetector, locateModel, type Manifest } from 'turnwise'
import { sum } from '../metrics/scores.js'
import { answerFrom, type BenchmarkSystem, type SystemAnswer, type SystemFacts } from './system.js'

const BATCH_SIZE = 64

/**
 * A model as a system: ours, or any of the published form.
 *
 * @param options as for `loadDetector`
 * @throws TurnwiseError as `loadDetector`
 */
export async function loadModelSystem(options: LoadOptions): Promise<BenchmarkSystem> {
  const folder = await locateModel(options)
  const detector = await loadDetector({ ...options, model: folder })
  const { manifest, runtime } = detector
  const facts = { ...(await factsOf(folder, manifest)), runtime, threads: options.threads }
  // The graph's checksum leaves out what turnwise.json says, such as the temperature, and the tokenizer.
  const fingerprint = JSON.stringify([runtime, manifest, await hashFile(join(folder, 'tokenizer.json'))])
  return { ...createDetectorSystem(detector, facts), fingerprint }
}

/** A detector as a system. */
export function createDetectorSystem(detector: Detector, facts: SystemFacts): BenchmarkSystem {
  return {
    facts,
    batchSize: BATCH_SIZE,
    async answer(rows) {
      const decisions = await detector.predictMany(rows)
      return decisions.map((decision, index) => toAnswer(decision, rows[index]?.agentSpeaking === true))
    },
    close: () => detector.close(),
  }
}

function toAnswer({ action, confidence, probabilities, yielded }: Decision, agentSpeaking: boolean): SystemAnswer {
  const [turns] = agentSpeaking ? SPEAKING_ACTIONS : SILENT_ACTIONS
  // From the confidence: the raw probabilities of both may round to 0.
  const turnProbability = action === turns ? confidence : 1 - confidence
  return { ...answerFrom(probabilities, { action, turnProbability }), ...(yielded === undefined ? {} : { yielded }) }
}

/** What is known of the model in a folder; one without a name takes that of its folder. */
export async function factsOf(folder: string, manifest: Manifest): Promise<SystemFacts> {
  const { name, version, onnx, files } = manifest
  const path = join(folder, onnx.file)
  const graphPaths = [path, ...(onnx.dataFiles ?? []).map((name) => join(folder, name))]
  const sizes = await Promise.all(graphPaths.map(async (each) => (await stat(each)).size))
  const isNamed = Object.keys(files).length > 0
  return {
    name: isNamed ? `${name} ${version}` : basename(folder),
    kind: 'model',
    version,
    sha256: files[onnx.file]?.sha256 ?? (await hashFile(path)),
    sizeBytes: sum(sizes),
  }
}

/** The SHA-256 of a file. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

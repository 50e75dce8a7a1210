import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Message, TurnwiseError } from '@turnwise/core'
import { type Detector, loadDetector, locateModel, type Runtime, type RuntimeChoice } from 'turnwise'
import { sum } from '../metrics/scores.js'
import { factsOf, hashFile } from '../systems/detectorSystem.js'
import { openOnnxFile } from '../systems/onnxFile.js'
import type { LatencyRole, TimedFacts } from './latencyResult.js'

/** Work that can be timed again and again; it says how many tokens the model ran. */
export type Work = () => Promise<number>

/** Something whose speed is measured. */
export interface TimedSystem {
  readonly facts: TimedFacts
  /** A whole prompt of so many tokens. */
  fresh(tokens: number): Promise<Work>
  /** A further word, 4 tokens with what triggers the decision, after so many others. */
  update(cachedTokens: number): Promise<Work>
  close(): Promise<void>
}

/** Tokens of a word with the three that trigger the decision. */
export const NEW_TOKENS = 4

/** Words of one token each in common vocabularies. */
const WORDS = 'I was charged for the same order last week and no one called me back so what can we do now'.split(' ')

/** So many words can be added to a prompt without its getting too long, where a token is more than a letter. */
const MOST_TOKENS_OF_WORD = 4

/** How a model is run. */
export interface TimedOptions {
  readonly threads: number
  readonly runtime: RuntimeChoice
  readonly spinning: boolean
  /** Of the model, without what it is run by. By default its own and its version's. */
  readonly name?: string
}

/** A model through our whole interface, tokenizer and thread included. */
export async function loadTimedDetector(
  model: string | undefined,
  { threads, runtime, spinning, name }: TimedOptions,
): Promise<TimedSystem> {
  const folder = await locateModel({ model })
  const detector = await loadDetector({ model: folder, threads, runtime, spinning })
  const facts = await factsOf(folder, detector.manifest)
  const ownName = name ?? facts.name
  return {
    facts: {
      ...facts,
      name: spinning ? `${ownName}, spinning` : ownName,
      role: 'turnwise',
      runtime: detector.runtime,
      spinning,
    },
    async fresh(tokens) {
      const messages = await promptOf(detector, tokens, (text) => [{ role: 'user', content: text }])
      return async () => (await detector.predict(messages)).tokensRun
    },
    async update(cachedTokens) {
      const heard = (word: string) => `I was ${word}`
      const prompt = await promptOf(detector, cachedTokens + NEW_TOKENS, (text) => [
        { role: 'assistant', content: text },
        { role: 'user', content: heard(WORDS[0] ?? '') },
      ])
      const session = detector.openSession({ messages: prompt.slice(0, -1) })
      let turn = 0
      return async () => {
        turn += 1
        return (await session.hear(heard(WORDS[turn % WORDS.length] ?? ''))).tokensRun
      }
    },
    close: () => detector.close(),
  }
}

/**
 * A graph alone in ONNX Runtime, given the tokens: by the published way, or keeping its cache.
 *
 * @param keepsCache an update then runs its new tokens only; the published way runs the whole prompt again
 */
export async function loadTimedGraph(path: string, threads: number, keepsCache: boolean): Promise<TimedSystem> {
  const graph = await openOnnxFile(path, threads)
  const run = (tokens: readonly number[]) => async () => {
    await graph.run(tokens)
    return tokens.length
  }
  const role = roleOfGraph(keepsCache)
  return {
    facts: {
      name: role,
      kind: 'model',
      version: basename(path),
      role,
      runtime: 'onnx',
      spinning: true,
      sha256: await hashFile(path),
      sizeBytes: await sizeOf(path),
    },
    fresh: async (tokens) => run(someTokens(tokens)),
    async update(cachedTokens) {
      const all = someTokens(cachedTokens + NEW_TOKENS)
      if (!keepsCache) return run(all)
      const { keyValues } = await graph.run(all.slice(0, cachedTokens), undefined, true)
      return async () => {
        await graph.run(all.slice(cachedTokens), keyValues)
        return NEW_TOKENS
      }
    },
    close: () => graph.close(),
  }
}

/** The runtimes that a model is measured in: the one that is asked for, and ONNX Runtime beside the native one. */
export async function runtimesOf(model: string | undefined, runtime: RuntimeChoice): Promise<readonly Runtime[]> {
  const detector = await loadDetector({ model, runtime, threads: 1 })
  await detector.close()
  return detector.runtime === 'native' ? ['native', 'onnx'] : ['onnx']
}

/** What a graph is measured for, which is also its name. */
export function roleOfGraph(keepsCache: boolean): LatencyRole {
  return keepsCache ? 'its shape at its best' : 'published way'
}

/** Any tokens: speed does not depend on them. Small ones, which every vocabulary has. */
function someTokens(count: number): number[] {
  return Array.from({ length: count }, (_, index) => 10 + ((index * 37) % 100))
}

/**
 * A prompt of exactly so many tokens, by adding words.
 *
 * @throws TurnwiseError UNSUPPORTED_MODEL if none has just as many
 */
async function promptOf(
  detector: Detector,
  tokens: number,
  messagesOf: (text: string) => Message[],
): Promise<Message[]> {
  // A vocabulary with a token a letter needs short steps, one with a token a word few.
  for (const unit of [WORDS, ['a']]) {
    for (let words = 0, found = 0; words <= tokens && found <= tokens; ) {
      const messages = messagesOf(Array.from({ length: words }, (_, index) => unit[index % unit.length]).join(' '))
      found = (await detector.predict(messages)).tokensRun
      if (found === tokens) return messages
      words += Math.max(1, Math.floor((tokens - found) / MOST_TOKENS_OF_WORD))
    }
  }
  const problem = `No prompt of exactly ${tokens} tokens is found for ${detector.manifest.name}.`
  throw new TurnwiseError('UNSUPPORTED_MODEL', problem, { value: tokens })
}

/** Of a graph and the files of weights beside it, such as `model.onnx.data0`. */
async function sizeOf(path: string): Promise<number> {
  const names = (await readdir(dirname(path))).filter((name) => name.startsWith(basename(path)))
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(dirname(path), name))).size))
  return sum(sizes)
}

import { readFile, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createTokenizer, isRecord, type Tokenizer, TurnwiseError } from '@turnwise/core'
import { hashFile } from './detectorSystem.js'
import { type OnnxFile, openOnnxFile } from './onnxFile.js'
import type { BenchmarkSystem, SystemAnswer, SystemRow } from './system.js'

/** What the untouched base is told. */
export interface BasePunctuationOptions {
  /** Holds tokenizer.json and a graph with the logits of the vocabulary. */
  readonly folder: string
  readonly threads: number
  /** From this probability of an end on a turn counts as finished. */
  readonly finishedFrom: number
}

const GRAPHS = ['onnx/model_q8.onnx', 'onnx/model.onnx', 'onnx/model_quantized.onnx', 'model.onnx'] as const
const ENDINGS = ['.', '?', '!', '...'] as const

/**
 * The base model that was never trained on turns: how probable does it find sentence-final punctuation, or the end of
 * the message, after the user's newest words, without context? As training/turnwise_training/completeness.py asks it.
 *
 * @throws TurnwiseError MODEL_FILE_MISSING, MODEL_FILE_INVALID, INVALID_TOKENIZER, UNSUPPORTED_MODEL, RUNTIME_UNAVAILABLE
 */
export async function loadBasePunctuation(options: BasePunctuationOptions): Promise<BenchmarkSystem> {
  const { folder, threads, finishedFrom } = options
  const json = await readTokenizer(join(folder, 'tokenizer.json'))
  const path = await findGraph(folder)
  const prompt = createPrompt(createTokenizer(json), json)
  const graph = await openVocabularyGraph(path, threads, prompt)
  return {
    facts: {
      name: "the base's final punctuation",
      kind: 'base',
      version: `finished from ${finishedFrom}`,
      sha256: await hashFile(path),
      sizeBytes: (await stat(path)).size,
      runtime: 'onnx',
      threads,
    },
    fingerprint: await hashFile(join(folder, 'tokenizer.json')),
    batchSize: 1,
    async answer(rows) {
      const answers: SystemAnswer[] = []
      for (const row of rows) answers.push(toAnswer(await endProbability(graph, prompt, row), row, finishedFrom))
      return answers
    },
    close: () => graph.close(),
  }
}

/**
 * A graph that answers with the whole vocabulary: logits of actions alone would be taken for those of words.
 *
 * @throws TurnwiseError UNSUPPORTED_MODEL, MODEL_FILE_INVALID, MODEL_FAILED, RUNTIME_UNAVAILABLE
 */
async function openVocabularyGraph(path: string, threads: number, prompt: Prompt): Promise<OnnxFile> {
  const graph = await openOnnxFile(path, threads)
  try {
    const { logits } = await graph.run(prompt.encode(''))
    if (logits.length >= prompt.tokens) return graph
    const problem = `${path} gives ${logits.length} logits for ${prompt.tokens} tokens: the base must be a plain language model.`
    throw new TurnwiseError('UNSUPPORTED_MODEL', problem, { value: logits.length })
  } catch (error) {
    await graph.close()
    throw error
  }
}

interface Prompt {
  /** How many tokens must have a logit. */
  readonly tokens: number
  readonly endings: readonly number[]
  encode(text: string): number[]
}

async function endProbability(graph: OnnxFile, prompt: Prompt, { messages }: SystemRow): Promise<number> {
  const { logits } = await graph.run(prompt.encode(messages.at(-1)?.content ?? ''))
  const highest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY)
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0)
  return prompt.endings.reduce((sum, token) => sum + Math.exp((logits[token] ?? -Infinity) - highest), 0) / total
}

function toAnswer(probability: number, { agentSpeaking }: SystemRow, finishedFrom: number): SystemAnswer {
  const action = probability >= finishedFrom ? 'start_speaking' : 'continue_listening'
  if (agentSpeaking) return { action, actionInState: 'start_listening', turnProbability: 1 }
  return { action, actionInState: action, turnProbability: probability }
}

/** @throws TurnwiseError UNSUPPORTED_MODEL if the tokenizer has no ChatML tokens */
function createPrompt(tokenizer: Tokenizer, json: Record<string, unknown>): Prompt {
  const added = Array.isArray(json.added_tokens) ? (json.added_tokens as unknown[]).filter(isRecord) : []
  const special = (content: string) => {
    const id = added.find((token) => token.content === content)?.id
    if (typeof id === 'number') return id
    throw new TurnwiseError('UNSUPPORTED_MODEL', `tokenizer.json has no added token ${content}.`, { value: content })
  }
  const start = [special('<|im_start|>'), ...tokenizer.encode('user\n')]
  const endings = [special('<|im_end|>'), ...ENDINGS.flatMap((mark) => tokenizer.encode(mark).slice(0, 1))]
  const vocabulary = isRecord(json.model) && isRecord(json.model.vocab) ? Object.keys(json.model.vocab).length : 0
  return {
    // Special tokens may come after the vocabulary; a base need not know those that were added for actions.
    tokens: Math.max(vocabulary, ...endings.map((token) => token + 1)),
    endings: [...new Set(endings)],
    encode: (text) => [...start, ...tokenizer.encode(bare(text))],
  }
}

/** Words without end punctuation, which would tell the base that the sentence is over. */
function bare(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== '')
  return words.map((word) => word.toLowerCase().replace(/^[.,?!;:"()]+|[.,?!;:"()]+$/g, '') || word).join(' ')
}

/** @throws TurnwiseError MODEL_FILE_MISSING, INVALID_TOKENIZER */
async function readTokenizer(path: string): Promise<Record<string, unknown>> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new TurnwiseError('MODEL_FILE_MISSING', `${path} cannot be read.`, { value: basename(path), cause })
  })
  try {
    const json: unknown = JSON.parse(text)
    if (isRecord(json)) return json
  } catch {
    // Said below.
  }
  throw new TurnwiseError('INVALID_TOKENIZER', `${path} is no JSON object.`, { value: basename(path) })
}

async function findGraph(folder: string): Promise<string> {
  for (const name of GRAPHS) {
    const path = join(folder, name)
    if (await stat(path).catch(() => undefined)) return path
  }
  throw new TurnwiseError('MODEL_FILE_MISSING', `${folder} has none of ${GRAPHS.join(', ')}.`, { value: GRAPHS[0] })
}

import { type PredictRequest, TurnwiseError } from '@turnwise/core'
import { describeIssue } from '../describeError.js'
import type { InferRequest } from '../schemas/inference.js'
import { conversationSchema } from '../schemas/predict.js'

/**
 * The conversations of the one input tensor.
 *
 * @throws TurnwiseError INVALID_REQUEST, INVALID_JSON, naming the element and not what it holds
 */
export function readConversations({ inputs: [input] }: InferRequest): PredictRequest[] {
  const elements = (input?.data ?? []).flat()
  const expected = input?.shape.reduce((product, size) => product * size, 1)
  if (elements.length !== expected || elements.length === 0) {
    const problem = `inputs.0.data has ${elements.length} elements and its shape asks for ${expected}.`
    throw new TurnwiseError('INVALID_REQUEST', problem, { value: elements.length })
  }
  return elements.map(readConversation)
}

function readConversation(text: string, index: number): PredictRequest {
  const json = parseJson(text, index)
  const parsed = conversationSchema.safeParse(Array.isArray(json) ? { messages: json } : json)
  if (parsed.success) return parsed.data
  const [issue = { path: [], message: 'It cannot be read' }] = parsed.error.issues
  throw describeIssue({ ...issue, path: ['inputs', 0, 'data', index, ...issue.path] }, 'tensor')
}

function parseJson(text: string, index: number): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new TurnwiseError('INVALID_JSON', `inputs.0.data.${index} is not valid JSON.`, { value: index })
  }
}

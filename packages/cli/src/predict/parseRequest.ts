import { type PredictRequest, TurnwiseError, validateConversation, validateFlag } from '@turnwise/core'

/**
 * Reads a conversation: an array of messages, or an object with `messages` and perhaps `agentSpeaking`.
 *
 * @param text JSON
 * @param place what the text is, to begin a sentence with
 * @throws TurnwiseError INVALID_JSON, INVALID_OPTION and those of `validateConversation`
 */
export function parseRequest(text: string, place: string): PredictRequest {
  const json = parseJson(text, place)
  const { messages, agentSpeaking } = isRecord(json) ? json : { messages: json, agentSpeaking: undefined }
  validateConversation(messages)
  validateFlag('agentSpeaking', agentSpeaking)
  return agentSpeaking === undefined ? { messages } : { messages, agentSpeaking }
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    // The parser's own message quotes the text, which is private: only the place is taken from it.
    const [, position] = /at position (\d+)/.exec(String(error)) ?? []
    const where = position === undefined ? '' : ` (at character ${Number(position) + 1})`
    throw new TurnwiseError('INVALID_JSON', `${place} is not valid JSON${where}.`)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

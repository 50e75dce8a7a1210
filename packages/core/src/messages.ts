import { describeValue, TurnwiseError } from './errors.js'

/** Who speaks in a {@link Message}. */
export const ROLES = ['system', 'user', 'assistant', 'tool'] as const

/** One of the {@link ROLES}. */
export type Role = (typeof ROLES)[number]

/** A turn of the conversation. `assistant` is the voice agent. */
export interface Message {
  readonly role: Role
  /** The words as they were said or recognised; may be empty. */
  readonly content: string
}

/** The longest text accepted, in UTF-16 code units: some 20 hours of speech. */
export const MAX_TEXT_LENGTH = 1_000_000

const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * Checks messages that come from outside.
 *
 * @throws TurnwiseError INVALID_MESSAGES, UNKNOWN_ROLE, INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG
 */
export function validateMessages(messages: unknown): asserts messages is readonly Message[] {
  if (!Array.isArray(messages)) {
    // Only the type: a text given by mistake is what someone said.
    const type = messages === null ? 'null' : typeof messages
    throw new TurnwiseError('INVALID_MESSAGES', `The messages are of type ${type}, not an array.`, { value: type })
  }
  for (const [index, message] of messages.entries()) validateMessage(message, index)
}

/**
 * Checks a conversation to decide about: at least one message, the last one the user's.
 *
 * @throws TurnwiseError as {@link validateMessages}, and NO_MESSAGES, LAST_MESSAGE_NOT_USER
 */
export function validateConversation(messages: unknown): asserts messages is readonly Message[] {
  validateMessages(messages)
  const last = messages.at(-1)
  if (last === undefined) throw new TurnwiseError('NO_MESSAGES', 'There are no messages.', { value: messages.length })
  if (last.role !== 'user') {
    throw new TurnwiseError('LAST_MESSAGE_NOT_USER', `The last message has the role ${describeValue(last.role)}.`, {
      value: last.role,
    })
  }
}

/**
 * Checks a text that comes from outside. The text itself never appears in an error.
 *
 * @param place what the text is, to begin a sentence with
 * @throws TurnwiseError INVALID_CONTENT, MALFORMED_TEXT, MESSAGE_TOO_LONG
 */
export function validateText(text: unknown, place: string): asserts text is string {
  if (typeof text !== 'string') {
    const type = text === null ? 'null' : Array.isArray(text) ? 'an array' : typeof text
    throw new TurnwiseError('INVALID_CONTENT', `${place} is ${type}, not a string.`, { value: type })
  }
  if (text.length > MAX_TEXT_LENGTH) {
    const length = text.length.toLocaleString('en-GB')
    throw new TurnwiseError('MESSAGE_TOO_LONG', `${place} has ${length} code units.`, { value: text.length })
  }
  const index = text.search(LONE_SURROGATE)
  if (index !== -1) {
    throw new TurnwiseError('MALFORMED_TEXT', `${place} has a lone surrogate at index ${index}.`, { value: index })
  }
}

function validateMessage(message: unknown, index: number): void {
  if (typeof message !== 'object' || message === null || Array.isArray(message)) {
    throw new TurnwiseError('INVALID_MESSAGES', `Message ${index} is no object.`, { value: typeof message })
  }
  const { role, content } = message as Partial<Record<'role' | 'content', unknown>>
  if (!ROLES.some((known) => known === role)) {
    // Not which: in a message whose fields were swapped it is what someone said.
    throw new TurnwiseError('UNKNOWN_ROLE', `Message ${index} has ${role === undefined ? 'no' : 'an unknown'} role.`)
  }
  validateText(content, `The content of message ${index}`)
}

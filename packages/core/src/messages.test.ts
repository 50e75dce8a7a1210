import { describe, expect, test } from 'vitest'
import type { ErrorCode } from './errors.js'
import { MAX_TEXT_LENGTH, validateConversation, validateMessages, validateText } from './messages.js'
import { caught } from './test/caught.js'
import { processorTimeMs } from './test/processorTime.js'

const user = (content: unknown) => ({ role: 'user', content })

describe('validateConversation', () => {
  test.each<[string, unknown, ErrorCode]>([
    ['nothing', undefined, 'INVALID_MESSAGES'],
    ['a text', 'hello', 'INVALID_MESSAGES'],
    ['null in the array', [null], 'INVALID_MESSAGES'],
    ['an array in the array', [['user', 'hello']], 'INVALID_MESSAGES'],
    ['no messages', [], 'NO_MESSAGES'],
    ['an unknown role', [{ role: 'agent', content: 'hello' }], 'UNKNOWN_ROLE'],
    ['an inherited name as a role', [{ role: 'constructor', content: 'hello' }], 'UNKNOWN_ROLE'],
    ['no role', [{ content: 'hello' }], 'UNKNOWN_ROLE'],
    ['no content', [{ role: 'user' }], 'INVALID_CONTENT'],
    ['null content', [user(null)], 'INVALID_CONTENT'],
    ['content in parts', [user([{ type: 'text', text: 'hello' }])], 'INVALID_CONTENT'],
    ['a high surrogate alone', [user('hello \ud83d')], 'MALFORMED_TEXT'],
    ['a low surrogate alone', [user('\ude00 hello')], 'MALFORMED_TEXT'],
    ['10 MB of text', [user('a'.repeat(10_000_000))], 'MESSAGE_TOO_LONG'],
    ['the agent last', [user('hello'), { role: 'assistant', content: 'hi' }], 'LAST_MESSAGE_NOT_USER'],
    ['a tool last', [user('hello'), { role: 'tool', content: '{}' }], 'LAST_MESSAGE_NOT_USER'],
  ])('refuses %s', (_, messages, code) => {
    expect(caught(() => validateConversation(messages))).toMatchObject({ name: 'TurnwiseError', code })
  })

  test('accepts every role, empty texts and whole emoji', () => {
    const messages = ['system', 'user', 'assistant', 'tool', 'user'].map((role) => ({ role, content: '' }))
    expect(() => validateConversation([...messages, user('😀')])).not.toThrow()
  })

  test('names the message that is wrong', () => {
    const error = caught(() => validateMessages([user('hello'), { role: 'bot', content: '' }]))
    expect(error.problem).toBe('Message 1 has an unknown role.')
  })
})

describe('validateText', () => {
  test('never shows the text', () => {
    for (const text of [`secret \ud83d`, `secret ${'a'.repeat(MAX_TEXT_LENGTH)}`]) {
      const error = caught(() => validateText(text, 'The text'))
      expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('secret')
    }
  })

  test('accepts a text as long as the limit, and at once', () => {
    const text = 'a'.repeat(MAX_TEXT_LENGTH)
    expect(processorTimeMs(() => validateText(text, 'The text'))).toBeLessThan(200)
  })
})

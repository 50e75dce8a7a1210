import { expect, test } from 'vitest'
import { parseRequest } from './parseRequest.js'

const messages = [{ role: 'user', content: 'hello' }]

test('reads an array of messages, or an object', () => {
  expect(parseRequest(JSON.stringify(messages), 'It')).toEqual({ messages })
  expect(parseRequest(JSON.stringify({ id: 1, messages }), 'It')).toEqual({ messages })
  expect(parseRequest(JSON.stringify({ messages, agentSpeaking: true }), 'It')).toEqual({
    messages,
    agentSpeaking: true,
  })
})

test.each([
  ['{"messages": secret}', 'INVALID_JSON'],
  ['', 'INVALID_JSON'],
  ['"secret"', 'INVALID_MESSAGES'],
  ['{}', 'INVALID_MESSAGES'],
  ['[]', 'NO_MESSAGES'],
  ['[{"role": "secret", "content": "user"}]', 'UNKNOWN_ROLE'],
  ['[{"role": "user", "content": ["secret"]}]', 'INVALID_CONTENT'],
  ['[{"role": "user", "content": "secret \\ud800"}]', 'MALFORMED_TEXT'],
  ['[{"role": "assistant", "content": "secret"}]', 'LAST_MESSAGE_NOT_USER'],
  ['{"messages": [{"role": "user", "content": "secret"}], "agentSpeaking": "secret"}', 'INVALID_OPTION'],
])('%s is %s, and says nothing of what was said', (text, code) => {
  expect(() => parseRequest(text, 'The line')).toThrow(
    expect.objectContaining({ code, message: expect.not.stringContaining('secret') }),
  )
})

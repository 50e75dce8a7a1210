import { expect, test } from 'vitest'
import { parseConversation } from './parseConversation.js'

test('lines with speakers, pauses and overlaps', () => {
  const text = `Agent: Which day suits you?
user: um so Monday is ... no Tuesday
please
assistant: Tuesday it is. I have ten o'clock and —
user: ten is perfect

Caller: bye`
  expect(parseConversation(text)).toEqual([
    { speaker: 'agent', text: 'Which day suits you?' },
    { speaker: 'user', phrases: ['um so Monday is', 'no Tuesday please'] },
    {
      speaker: 'agent',
      text: "Tuesday it is. I have ten o'clock and",
      overlaps: [{ afterWords: 8, text: 'ten is perfect' }],
    },
    { speaker: 'user', phrases: ['bye'] },
  ])
})

test('text without speakers is the user’s', () => {
  expect(parseConversation('I would\nlike to')).toEqual([{ speaker: 'user', phrases: ['I would like to'] }])
})

test('JSON messages; what was not spoken is left out', () => {
  const messages = [
    { role: 'system', content: 'Be kind.' },
    { role: 'assistant', content: 'Hello?' },
    { role: 'user', content: 'hi' },
  ]
  expect(parseConversation(JSON.stringify(messages))).toEqual([
    { speaker: 'agent', text: 'Hello?' },
    { speaker: 'user', phrases: ['hi'] },
  ])
})

test.each([
  ['', 'no words'],
  ['user:', 'no words'],
  ['[{"role": "user"}]', 'role and a content'],
  ['[oops', 'is none'],
  ['word '.repeat(601), '601 words'],
])('%j is nothing to play', (text, reason) => {
  expect(parseConversation(text)).toContain(reason)
})

import { expect, test } from 'vitest'
import type { Message } from './messages.js'
import { createPromptEncoder, type PromptEncoder } from './prompt.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'
import { createTranscript } from './transcript.js'

const maxTokens = 200
const prompts = createPromptEncoder(createFakeTokenizer(), FAKE_MANIFEST.tokens, maxTokens, 'chatml')
/** 19 tokens: 3 of ChatML, 5 of the role and its newline, 11 of the text. */
const message: Message = { role: 'user', content: 'eleven chrs' }

test('nothing goes while it fits', () => {
  expect(prompts.count([message], 0)).toBe(19)
  const transcript = createTranscript(prompts, Array(9).fill(message))
  transcript.makeRoom([message])
  expect(transcript.messages).toHaveLength(9)
})

test('a block goes when it does not, so that much can be said before the next', () => {
  const transcript = createTranscript(prompts, Array(10).fill(message))
  transcript.makeRoom([message])
  expect(transcript.messages).toHaveLength(6)
  let turns = 0
  while (transcript.messages.length > 0) {
    const before = transcript.messages.length
    transcript.push(message)
    transcript.makeRoom([message])
    if (transcript.messages.length <= before) break
    turns += 1
  }
  expect(turns).toBe(3)
})

test('of a long history only what fits is read', () => {
  let read = 0
  const counting: PromptEncoder = {
    ...prompts,
    count(...pair) {
      read += 1
      return prompts.count(...pair)
    },
  }
  const transcript = createTranscript(counting, Array(10_000).fill(message))
  transcript.push(message)
  expect(read).toBe(0)
  transcript.makeRoom([message])
  expect(transcript.messages).toHaveLength(6)
  expect(read).toBeLessThan(30)
})

test("the user's last message can be written anew", () => {
  const assistant: Message = { role: 'assistant', content: 'Yes?' }
  const transcript = createTranscript(prompts, [message, message, assistant])
  const revised = { ...message, content: 'eleven characters' }
  expect(transcript.revise(revised.content)).toEqual([message, revised])
  expect(transcript.messages).toEqual([message, revised, assistant])
  expect(createTranscript(prompts, [assistant]).revise('a')).toBeUndefined()
})

test('what is being said never goes', () => {
  const transcript = createTranscript(prompts, [message])
  const long: Message = { role: 'user', content: 'word '.repeat(100) }
  transcript.makeRoom([long])
  expect(transcript.messages).toEqual([])
})

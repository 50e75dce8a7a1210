import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Message } from './messages.js'
import { createPromptEncoder } from './prompt.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'
import type { Tokenizer } from './tokenizer.js'

const { tokens } = FAKE_MANIFEST
const tokenizer = createFakeTokenizer()
const newline = tokenizer.encode('\n')

test('writes ChatML and the trigger', () => {
  const prompts = createPromptEncoder(tokenizer, tokens, 1024, 'chatml')
  const messages: Message[] = [
    { role: 'assistant', content: ' Hi \n' },
    { role: 'user', content: '' },
  ]
  expect(prompts.encode(messages)).toEqual([
    ...[tokens.messageStart, ...tokenizer.encode('assistant\nHi'), tokens.messageEnd, ...newline],
    ...[tokens.messageStart, ...tokenizer.encode('user\n'), tokens.messageEnd, ...newline],
    tokens.trigger,
  ])
  expect(prompts.triggerTokens).toEqual([tokens.messageEnd, ...newline, tokens.trigger])
})

test('keeps the last tokens of a long conversation', () => {
  const message = fc.record({ role: fc.constantFrom('user', 'assistant'), content: fc.string({ maxLength: 30 }) })
  const conversations = fc.array(message, { minLength: 1, maxLength: 8 }) as fc.Arbitrary<Message[]>
  fc.assert(
    fc.property(conversations, fc.integer({ min: 8, max: 60 }), (messages, maxTokens) => {
      const whole = createPromptEncoder(tokenizer, tokens, 100_000, 'chatml').encode(messages)
      expect(createPromptEncoder(tokenizer, tokens, maxTokens, 'chatml').encode(messages)).toEqual(
        whole.slice(-maxTokens),
      )
    }),
  )
})

test('encodes only what can count', () => {
  let encoded = 0
  const counting: Tokenizer = {
    encode(text) {
      encoded += text.length
      return tokenizer.encode(text)
    },
  }
  const content = 'word '.repeat(100_000)
  const messages: Message[] = Array.from({ length: 50 }, () => ({ role: 'user', content }))
  const prompt = createPromptEncoder(counting, tokens, 1024, 'chatml').encode(messages)
  expect(prompt).toHaveLength(1024)
  expect(prompt.slice(0, -3)).toEqual(tokenizer.encode(content.trim().slice(-1021)))
  expect(encoded).toBeLessThan(20_000)
})

test('cuts before a word, and never inside a character', () => {
  const texts: string[] = []
  const recording: Tokenizer = {
    encode(text) {
      texts.push(text)
      return tokenizer.encode(text)
    },
  }
  const prompts = createPromptEncoder(recording, tokens, 8, 'chatml')
  prompts.encode([{ role: 'user', content: `${'word '.repeat(500)}last` }])
  expect(texts.at(-1)).toMatch(/^ word( word)* last$/)
  prompts.encode([{ role: 'user', content: `${'😀'.repeat(1000)}.` }])
  expect(texts.at(-1)).toMatch(/^😀+\.$/u)
})

test('a message is encoded once, and again when its caller has changed it', () => {
  let calls = 0
  const counting: Tokenizer = {
    encode(text) {
      calls += 1
      return tokenizer.encode(text)
    },
  }
  const prompts = createPromptEncoder(counting, tokens, 1024, 'chatml')
  const first = { role: 'assistant' as const, content: 'Hi' }
  const before = prompts.encode([first])
  calls = 0
  expect(prompts.encode([first, { role: 'user', content: 'hello' }]).slice(0, before.length - 1)).toEqual(
    before.slice(0, -1),
  )
  expect(prompts.count([first], 0)).toBe(before.length - 1)
  expect(calls).toBe(1)
  first.content = 'Good morning'
  expect(prompts.encode([first])).toEqual(prompts.encode([{ role: 'assistant', content: 'Good morning' }]))
})

test('with asked counts, a message says how much of what was asked for it holds, whatever is asked then', () => {
  const prompts = createPromptEncoder(tokenizer, tokens, 1024, 'chatml-asked-counts')
  const written = (...messages: Message[]) =>
    String.fromCharCode(...prompts.encode(messages).map((token) => Math.max(token - 16, 0)))
  const answer: Message = { role: 'user', content: '4 1' }
  const question = { role: 'assistant' as const, content: 'The last four digits?' }
  expect(written(question, answer)).toContain('four one : two of four')
  expect(prompts.count([question, answer], 1)).toBeGreaterThan(prompts.count([answer], 0))
  question.content = 'The last three digits?'
  expect(written(question, answer)).toContain('four one : two of three')
  expect(written(question, { role: 'assistant', content: 'Take your time.' }, answer)).toContain('two of three')
  expect(written(question, answer, answer)).toMatch(/four one : two of three.*four one(?! :)/s)
  expect(written({ role: 'user', content: 'Four digits?' }, answer)).not.toContain(':')
  expect(written({ role: 'system', content: 'Four digits?' }, answer)).not.toContain(':')
})

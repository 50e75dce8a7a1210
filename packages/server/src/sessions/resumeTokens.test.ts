import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createFakeDetector } from '../test/fakeServer.js'
import { createResumeTokens } from './resumeTokens.js'

const WORDS = 'canary4711'
const HOUR_MS = 3_600_000
const [OLD, NEW, OTHER] = ['old', 'new', 'other'].map((name) => name.repeat(16))

function tokensOf(...secrets: string[]) {
  return createResumeTokens(() => secrets, HOUR_MS)
}

const session = createFakeDetector().openSession({ messages: [{ role: 'user', content: WORDS }] })
const saved = JSON.parse(JSON.stringify(session))
const refused = expect.objectContaining({ code: 'INVALID_RESUME_TOKEN' })

test('what is sealed opens again, elsewhere too', () => {
  expect(tokensOf('secret').open('me', tokensOf('secret').seal('me', session))).toEqual(saved)
})

test('nothing can be read in a token, and no two are the same', () => {
  const { seal } = tokensOf('secret')
  const [first, second] = [seal('me', session), seal('me', session)]
  for (const encoding of ['latin1', 'utf8', 'base64url'] as const) {
    for (const part of [WORDS, 'messages', 'formatVersion']) {
      expect(Buffer.from(first, 'base64url').toString(encoding)).not.toContain(part)
    }
  }
  const [left, right] = [first, second].map((token) => Buffer.from(token, 'base64url'))
  const equal = left?.filter((byte, index) => byte === right?.[index]).length ?? 0
  expect(equal).toBeLessThan(first.length / 20)
})

describe('a token is refused', () => {
  const { seal, open } = tokensOf('secret')
  const token = seal('me', session)

  test('of which any byte was changed', () => {
    const bytes = Buffer.from(token, 'base64url')
    for (const index of bytes.keys()) {
      const forged = Buffer.from(bytes)
      forged[index] = (forged[index] ?? 0) ^ 1
      expect(() => open('me', forged.toString('base64url'))).toThrow(refused)
    }
  })

  test('that was cut, or made longer', () => {
    for (let length = 0; length < token.length; length += 7) {
      expect(() => open('me', token.slice(0, length))).toThrow(refused)
    }
    for (const longer of [`${token}AAAA`, `AAAA${token}`]) expect(() => open('me', longer)).toThrow(refused)
  })

  test('that was never sealed', () => {
    const unsealed = Buffer.from(JSON.stringify(session)).toString('base64url')
    for (const each of [unsealed, 'A'.repeat(1000), '%%', '', WORDS]) expect(() => open('me', each)).toThrow(refused)
  })

  test('of another owner, or of another secret', () => {
    expect(() => open('you', token)).toThrow(refused)
    expect(() => tokensOf('other').open('me', token)).toThrow(refused)
  })

  test('that has expired', () => {
    vi.useFakeTimers()
    onTestFinished(() => void vi.useRealTimers())
    const late = seal('me', session)
    vi.advanceTimersByTime(HOUR_MS - 1)
    expect(open('me', late)).toEqual(saved)
    vi.advanceTimersByTime(1)
    expect(() => open('me', late)).toThrow(expect.objectContaining({ problem: 'The token has expired.' }))
  })
})

test('secrets are exchanged without losing a session: the first seals, and all open', () => {
  const before = tokensOf(OLD ?? '')
  const steps = [tokensOf(OLD ?? '', NEW ?? ''), tokensOf(NEW ?? '', OLD ?? ''), tokensOf(NEW ?? '')]
  let previous = before
  for (const next of steps) {
    // Some instances have the new file already, and some have not.
    expect(next.open('me', previous.seal('me', session))).toEqual(saved)
    expect(previous.open('me', next.seal('me', session))).toEqual(saved)
    previous = next
  }
  expect(() => previous.open('me', before.seal('me', session))).toThrow(refused)
  expect(() => before.open('me', previous.seal('me', session))).toThrow(refused)
  expect(() => steps[1]?.open('me', tokensOf(OTHER ?? '').seal('me', session))).toThrow(refused)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDetector } from './detector.js'
import { COUNTED_EXPECTATIONS, EXPECTATIONS } from './expectation.js'
import { TEMPLATES } from './manifest.js'
import { POLICIES, type PolicyName } from './policy.js'
import { createPromptEncoder } from './prompt.js'
import type { Session } from './session.js'
import { createFakeModel } from './testing/fakeModel.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'

const tokenizer = createFakeTokenizer()
const text = fc.oneof(fc.stringMatching(/^[abA. ]{0,6}$/), fc.constantFrom('4 digits?', '4 1', '4 1 7'))
const event = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('hear' as const), text, final: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('agentSpeaking' as const), text }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('agentFinished' as const), text }) },
  fc.record({ kind: fc.constantFrom('addMessage' as const, 'userSilent' as const), text }),
)
const expectation = fc.oneof(
  fc.constantFrom(...EXPECTATIONS),
  fc.record({ kind: fc.constantFrom(...COUNTED_EXPECTATIONS), length: fc.integer({ min: 1, max: 64 }) }),
)
const options = fc.record({
  policy: fc.constantFrom(...(Object.keys(POLICIES) as PolicyName[])),
  expect: fc.option(expectation, { nil: undefined }),
})

test('any course of events gives what a fresh predict gives, and runs only the changed suffix and the trigger', async () => {
  const limits = fc.integer({ min: 20, max: 120 })
  const courses = fc.array(event, { maxLength: 30 })
  const templates = fc.constantFrom(...TEMPLATES)
  await fc.assert(
    fc.asyncProperty(courses, limits, options, templates, async (events, maxTokens, given, template) => {
      const manifest = { ...FAKE_MANIFEST, maxTokens, template }
      const model = createFakeModel()
      const session = createDetector(model, tokenizer, manifest).openSession(given)
      const fresh = createDetector(createFakeModel(), tokenizer, manifest)
      const prompts = createPromptEncoder(tokenizer, manifest.tokens, maxTokens, template)
      let last: readonly number[] = []
      for (const [atMs, event] of events.entries()) {
        const decision = await apply(session, event, atMs)
        if (decision === undefined) continue
        // A late transcript is about the turn that the agent answers.
        const about = session.messages.slice(0, session.messages.findLastIndex(({ role }) => role === 'user') + 1)
        const expected = await fresh.predict(about)
        expect(decision.probabilities).toEqual(expected.probabilities)
        const prompt = prompts.encode(about)
        const changed = prompt.length - sharedLength(last, prompt, prompt.length - prompts.triggerTokens.length)
        expect(decision.tokensRun).toBeLessThanOrEqual(changed)
        expect(model.openStates).toBeLessThanOrEqual(1)
        last = prompt.slice(0, -prompts.triggerTokens.length)
      }
      await session.close()
      expect(model.openStates).toBe(0)
    }),
  )
})

test('wherever a session is saved and goes on elsewhere, its waits are the same', async () => {
  const times = fc.array(fc.tuple(event, fc.nat(3000)), { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(times, fc.nat(30), options, async (events, savedAt, given) => {
      const detector = createDetector(createFakeModel(), tokenizer, FAKE_MANIFEST)
      const session = detector.openSession(given)
      let resumed = detector.openSession(given)
      let atMs = 0
      for (const [place, [event, afterMs]] of events.entries()) {
        if (place === savedAt) resumed = detector.openSession(JSON.parse(JSON.stringify(resumed)))
        atMs += afterMs
        const decision = await apply(session, event, atMs)
        const { waitMs, reason } = (await apply(resumed, event, atMs)) ?? {}
        expect({ waitMs, reason }).toEqual({ waitMs: decision?.waitMs, reason: decision?.reason })
      }
    }),
  )
})

test('whatever is expected, a session never speaks earlier for it', async () => {
  const word = fc.constantFrom(...'oh seven at dot anna a and yes the of no what Mill b double C4'.split(' '))
  const said = fc.array(word, { minLength: 1, maxLength: 12 }).map((words) => words.join(' '))
  await fc.assert(
    fc.asyncProperty(said, expectation, async (said, expected) => {
      const detector = createDetector(createFakeModel(), tokenizer, FAKE_MANIFEST)
      const plain = await detector.openSession().hear(said)
      const expecting = await detector.openSession({ expect: expected }).hear(said)
      expect(expecting.waitMs).toBeGreaterThanOrEqual(plain.waitMs)
      if (plain.action === 'continue_listening') expect(expecting.action).toBe('continue_listening')
    }),
  )
})

async function apply(session: Session, event: { kind: string; text: string; final?: boolean }, atMs: number) {
  const { kind, text, final } = event
  if (kind === 'hear') return session.hear(text, { final, atMs })
  if (kind === 'userSilent') return session.userSilent(atMs)
  if (kind === 'agentSpeaking') session.agentSpeaking(text)
  else if (kind === 'agentFinished') session.agentFinished(text)
  else session.addMessage({ role: 'tool', content: text })
  return undefined
}

function sharedLength(left: readonly number[], right: readonly number[], limit: number): number {
  let length = 0
  while (length < limit && length < left.length && left[length] === right[length]) length += 1
  return length
}

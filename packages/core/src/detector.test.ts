import { expect, test } from 'vitest'
import { createDetector } from './detector.js'
import { TurnwiseError } from './errors.js'
import type { Message } from './messages.js'
import type { LanguageModel } from './model.js'
import { createFakeModel } from './testing/fakeModel.js'
import { createFakeTokenizer, FAKE_MANIFEST } from './testing/fakeTokenizer.js'

const tokenizer = createFakeTokenizer()
const messages: Message[] = [
  { role: 'assistant', content: 'Sure, what is the issue?' },
  { role: 'user', content: 'I was charged twice' },
]

function setUp(model = createFakeModel()) {
  return { model, detector: createDetector(model, tokenizer, FAKE_MANIFEST) }
}

test('predict decides among four, or within the pair that fits', async () => {
  const { detector } = setUp(createFakeModel({ logits: () => [1, 2, 4, 3] }))
  const free = await detector.predict(messages)
  expect(free.action).toBe('start_listening')
  const silent = await detector.predict(messages, { agentSpeaking: false })
  expect(silent.action).toBe('continue_listening')
  expect(silent.probabilities).toEqual(free.probabilities)
  expect((await detector.predict(messages, { agentSpeaking: true })).action).toBe('start_listening')
})

test('predict applies the temperature of the manifest', async () => {
  const model = createFakeModel({ logits: () => [2, 0, 0, 0] })
  const detector = createDetector(model, tokenizer, { ...FAKE_MANIFEST, calibration: { temperature: 2 } })
  expect((await detector.predict(messages)).confidence).toBeCloseTo(Math.E / (Math.E + 3))
})

test('predict refuses what is wrong', async () => {
  const { detector, model } = setUp()
  await expect(detector.predict([])).rejects.toMatchObject({ code: 'NO_MESSAGES' })
  const agentSpeaking = 'yes' as unknown as boolean
  await expect(detector.predict(messages, { agentSpeaking })).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  const signal = AbortSignal.abort('superseded')
  await expect(detector.predict(messages, { signal })).rejects.toMatchObject({ code: 'ABORTED', cause: 'superseded' })
  expect(model.tokensRun).toBe(0)
})

test('what was given by mistake is in no error: it may be what somebody said', async () => {
  const { detector } = setUp()
  const session = detector.openSession()
  const said = 'I was charged twice'
  for (const given of [said, JSON.stringify(detector.openSession({ messages }))] as never[]) {
    const calls: (() => unknown)[] = [
      () => detector.predict(messages, given),
      () => detector.predict(messages, { agentSpeaking: given }),
      () => detector.predictMany([{ messages }], given),
      () => detector.predictMany([{ messages, agentSpeaking: given }]),
      () => detector.openSession(given),
      () => detector.openSession({ policy: given }),
      () => detector.openSession({ expect: given }),
      () => detector.openSession({ messages: [{ role: given, content: 'user' }] }),
      () => session.hear('hello', given),
      () => session.hear('hello', { atMs: given }),
      () => session.userSilent(given),
      () => session.expecting(given),
    ]
    for (const call of calls) {
      const error: unknown = await Promise.resolve()
        .then(call)
        .catch((thrown) => thrown)
      expect(error).toBeInstanceOf(TurnwiseError)
      expect(JSON.stringify([error, String(error)])).not.toContain(said)
    }
  }
})

test('options that are none are refused', async () => {
  const { detector } = setUp()
  const given = null as never
  await expect(detector.predict(messages, given)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await expect(detector.predictMany([{ messages }], given)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  await expect(detector.openSession().hear('hello', given)).rejects.toMatchObject({ code: 'INVALID_OPTION' })
  expect(() => detector.openSession(given)).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }))
})

test('predict notices an abort while the model runs', async () => {
  const { detector } = setUp()
  const controller = new AbortController()
  const decision = detector.predict(messages, { signal: controller.signal })
  controller.abort()
  await expect(decision).rejects.toMatchObject({ code: 'ABORTED' })
})

test('the model is given the signal: what is aborted while it waits need not run', async () => {
  const signals: unknown[] = []
  const fake = createFakeModel({ maxBatchSize: 1 })
  const run: LanguageModel['run'] = (requests, signal) => {
    signals.push(signal)
    return fake.run(requests)
  }
  const detector = createDetector({ ...fake, run }, tokenizer, FAKE_MANIFEST)
  const { signal } = new AbortController()
  await detector.predict(messages, { signal })
  await detector.predictMany([{ messages }, { messages }], { signal })
  expect(signals).toEqual([signal, signal, signal])
})

test('predictMany equals predict, in order, in batches', async () => {
  const { detector, model } = setUp(createFakeModel({ maxBatchSize: 4 }))
  const requests = Array.from({ length: 600 }, (_, index) => ({
    messages: [{ role: 'user' as const, content: 'word '.repeat(index % 7) + index }],
    ...(index % 3 === 0 ? { agentSpeaking: true } : {}),
  }))
  const decisions = await detector.predictMany(requests)
  expect(model.batchSizes.every((size) => size <= 4)).toBe(true)
  expect(model.batchSizes).toHaveLength(150)
  for (const [index, { messages, ...options }] of requests.entries()) {
    expect(decisions[index]).toEqual(await detector.predict(messages, options))
  }
  expect(await detector.predictMany([])).toEqual([])
})

test('predictMany names the conversation that is wrong and runs none', async () => {
  const { detector, model } = setUp()
  const error = await detector.predictMany([{ messages }, { messages: [] }]).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'NO_MESSAGES', message: expect.stringMatching(/^Conversation 1: There are no/) })
  await expect(detector.predictMany([null as never])).rejects.toMatchObject({ code: 'INVALID_MESSAGES' })
  await expect(detector.predictMany('all' as never)).rejects.toMatchObject({ code: 'INVALID_MESSAGES' })
  expect(model.tokensRun).toBe(0)
})

test('predictMany stops between batches when aborted', async () => {
  const controller = new AbortController()
  const { detector, model } = setUp(
    createFakeModel({
      maxBatchSize: 1,
      logits: () => {
        controller.abort()
        return [0, 0, 0, 0]
      },
    }),
  )
  const answer = detector.predictMany([{ messages }, { messages }, { messages }], { signal: controller.signal })
  await expect(answer).rejects.toMatchObject({ code: 'ABORTED' })
  expect(model.batchSizes).toEqual([1])
})

test('logits that are no numbers are an error, not a decision', async () => {
  for (const logits of [
    [Number.NaN, 0, 0, 0],
    [0, 0, Number.POSITIVE_INFINITY, 0],
    [0, 0, 0],
    [0, 0, 0, 0, Number.NaN],
    [0, 0, 0, 0, 0, 0],
  ]) {
    const { detector } = setUp(createFakeModel({ logits: () => logits }))
    await expect(detector.predict(messages)).rejects.toMatchObject({ code: 'MODEL_FAILED' })
  }
})

test('close frees the model and ends everything', async () => {
  const { detector, model } = setUp()
  const session = detector.openSession()
  await detector.close()
  await detector.close()
  expect(model.isClosed).toBe(true)
  await expect(detector.predict(messages)).rejects.toMatchObject({ code: 'DETECTOR_CLOSED' })
  await expect(session.hear('hello')).rejects.toMatchObject({ code: 'DETECTOR_CLOSED' })
  expect(() => detector.openSession()).toThrow(expect.objectContaining({ code: 'DETECTOR_CLOSED' }))
  await session.close()
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ServerContext } from '../context.js'
import { createGate } from '../gate.js'
import { createHealth } from '../health.js'
import { createMetrics } from '../metrics.js'
import { type StreamReply, streamReplySchema } from '../schemas/stream.js'
import { createResumeTokens } from '../sessions/resumeTokens.js'
import { createSessionStore } from '../sessions/sessionStore.js'
import { DEFAULT_SETTINGS } from '../settings.js'
import { createFakeDetector } from '../test/fakeServer.js'
import { createStream } from './createStream.js'
import { readRequest } from './readRequest.js'

const detector = createFakeDetector()
const context: ServerContext = {
  detector,
  settings: DEFAULT_SETTINGS,
  gate: createGate(DEFAULT_SETTINGS, () => undefined),
  health: createHealth(detector),
  metrics: createMetrics(() => ({ running: 0, waiting: 0, sessions: 0 })),
  sessions: createSessionStore(detector, DEFAULT_SETTINGS, () => []),
  resumeTokens: createResumeTokens(() => ['secret'], 60_000),
  keys: () => [],
}

const session = fc.constantFrom('a', 'b')
const seq = fc.integer({ min: 1, max: 6 })
const text = fc.constantFrom('', 'yes', 'I was charged', '\ud800', '<|im_end|>')

/** Mostly right messages, some with a part that is anything. */
const message = fc
  .tuple(
    fc.oneof(
      fc.record({ type: fc.constantFrom('open', 'attach', 'save', 'close', 'ping'), session }),
      fc.record({ type: fc.constantFrom('hear', 'agentSpeaking', 'agentFinished', 'userSilent'), session, seq, text }),
      fc.record({ type: fc.constant('expecting'), session, seq, expect: fc.constantFrom('phone', null, 'money') }),
    ),
    fc.option(fc.tuple(fc.constantFrom('type', 'session', 'seq', 'text', 'resume', 'messages'), fc.jsonValue()), {
      freq: 5,
    }),
  )
  .map(([right, change]) => JSON.stringify(change == null ? right : { ...right, [change[0]]: change[1] }))

test('whatever is sent, nothing is thrown, every reply is one of the protocol, and the stream goes on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof({ weight: 9, arbitrary: message }, fc.string()), { maxLength: 30 }),
      async (frames) => {
        const replies: StreamReply[] = []
        const stream = createStream(context, 'somebody', (reply) => replies.push(reply))
        for (const frame of frames) stream.receive(frame)
        await stream.handBack()
        for (const reply of replies) expect(streamReplySchema.parse(reply)).toEqual(reply)
        const asked = frames.map(readRequest).filter((read) => 'request' in read && read.request.type === 'ping')
        expect(replies.filter(({ type }) => type === 'pong')).toHaveLength(asked.length)
        for (const id of ['a', 'b']) await context.sessions.end('somebody', id).catch(() => undefined)
      },
    ),
    { numRuns: 300 },
  )
})

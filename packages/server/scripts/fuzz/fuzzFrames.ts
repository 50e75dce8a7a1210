import type { Random } from './random.js'

/** What is sent: a message, or bytes that are written to the connection as they are. */
export type FuzzFrame =
  | { readonly kind: 'text'; readonly data: string | Buffer }
  | { readonly kind: 'binary'; readonly data: Buffer }
  | { readonly kind: 'raw'; readonly data: Buffer }

type Message = Record<string, unknown>

/** A call that is told in order, until it is over or its stream has ended. */
interface Call {
  readonly session: string
  seq: number
}

/** Calls of a stream at a time. */
const CALLS = 8
/** Sessions of before that others may try to take. */
const KNOWN = 64

const TYPES = ['agentSpeaking', 'agentFinished', 'expecting', 'addMessage', 'hear', 'hear', 'hear', 'userSilent']
const TEXTS = ['', 'yes', 'I was charged twice', 'oh seven seven', '<|im_end|>', '\ud83d\ude00', 'no '.repeat(300)]
const STRANGE = [
  null,
  true,
  -1,
  0,
  1.5,
  2 ** 53,
  1e308,
  '',
  '\ud800',
  '__proto__',
  'constructor',
  'a'.repeat(5000),
  [],
  {},
  [[[[[[]]]]]],
  { length: 1e9 },
  { role: 'user', content: 'yes' },
  [{ role: 'user', content: 'yes' }],
]
const PARTS = ['type', 'session', 'seq', 'text', 'atMs', 'final', 'expect', 'message', 'messages', 'policy', 'resume']

/** Frames of a stream without end: half of them right, the others changed, out of order, or no messages at all. */
export function createFrames(random: Random, name: string): () => FuzzFrame {
  let calls: (Call | undefined)[] = []
  const known: string[] = ['never']
  let opened = 0

  function openMessage(place: number): Message {
    opened += 1
    const session = `${name}-${opened}`
    calls[place] = { session, seq: 0 }
    known[opened % KNOWN] = session
    return { type: 'open', session, policy: random.pick(['patient', 'balanced', 'eager', 'meeting']) }
  }

  function rightMessage(): Message {
    const place = random.below(CALLS)
    const call = calls[place]
    if (call === undefined) return openMessage(place)
    const { session } = call
    const rare = random.below(20)
    if (rare === 0) calls[place] = undefined
    if (rare < 3) return { type: rare === 0 ? 'close' : random.pick(['save', 'attach', 'ping']), session }
    call.seq += 1
    return { ...eventMessage(), session, seq: call.seq }
  }

  function eventMessage(): Message {
    const text = random.pick(TEXTS)
    const message = { role: random.pick(['user', 'assistant', 'tool', 'system']), content: text }
    const expect = random.pick(['phone', 'email', null])
    return { type: random.pick(TYPES), text, message, expect, final: random.below(9) === 0 }
  }

  /** A message that may be right by chance. */
  function anyMessage(): Message {
    const type = random.pick(['open', 'attach', 'save', 'close', 'event', 'event', 'event', 'event'])
    const session = random.pick(known.filter((each) => each !== undefined))
    return { ...eventMessage(), ...(type === 'event' ? {} : { type }), session, seq: random.below(9) }
  }

  function changed(message: Message): string {
    const copy = { ...message }
    const part = random.pick(PARTS)
    const change = random.below(7)
    if (change === 0) delete copy[part]
    else if (change < 4) copy[part] = random.pick(STRANGE)
    else if (change === 4) copy.seq = random.below(20)
    const text = JSON.stringify(copy)
    if (change === 5) return text.slice(0, random.below(text.length))
    if (change === 6) return text.replace('{', random.pick(['{"__proto__":{"a":1},', '{"seq":1e999,', '{{', '[']))
    return text
  }

  return () => {
    const choice = random.below(1000)
    if (choice < 500) return { kind: 'text', data: JSON.stringify(rightMessage()) }
    if (choice < 900) return { kind: 'text', data: changed(anyMessage()) }
    if (choice < 960) return { kind: 'binary', data: random.bytes(random.below(200)) }
    if (choice < 980) return { kind: 'text', data: Buffer.from(`"${'a'.repeat(random.below(200))}"`) }
    // No UTF-8, or no frame: these end the connection, and the calls go on without it.
    calls = []
    if (choice < 990) return { kind: 'text', data: Buffer.concat([Buffer.of(0xff), random.bytes(random.below(100))]) }
    return { kind: 'raw', data: random.bytes(1 + random.below(100)) }
  }
}

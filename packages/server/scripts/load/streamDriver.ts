import { once } from 'node:events'
import { WebSocket } from 'ws'
import { callSteps } from './conversation.js'

/** How an update was answered. */
interface Answered {
  readonly kind: 'decision' | 'superseded' | 'error'
  readonly tookMs: number
}

/** A call over a stream of its own. */
export interface StreamCall {
  /** Says the next word; what came back for it. */
  next(): Promise<Answered>
  /** Ends the call too, so that the server keeps nothing of it. */
  close(): Promise<void>
}

interface Reply {
  readonly type: string
  readonly seq?: number
}

interface Pending {
  readonly beganMs: number
  settle(answer: Answered): void
}

/** Calls of so many callers, as {@link openCall}. */
export function openCalls(url: string, count: number): Promise<StreamCall[]> {
  return Promise.all(Array.from({ length: count }, (_, caller) => openCall(url, caller)))
}

/** @param caller a number that no other open call has */
export async function openCall(url: string, caller: number): Promise<StreamCall> {
  const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/stream`)
  await once(socket, 'open')
  const steps = callSteps(caller)
  const pending = new Map<number, Pending>()
  let session = ''
  let calls = 0
  let seq = 0

  function settle(at: number, kind: Answered['kind']): void {
    const waiting = pending.get(at)
    pending.delete(at)
    waiting?.settle({ kind, tookMs: performance.now() - waiting.beganMs })
  }

  socket.on('message', (data) => {
    const reply = JSON.parse(data.toString()) as Reply
    if (reply.seq === undefined) return
    if (reply.type === 'decision') settle(reply.seq, 'decision')
    else if (reply.type === 'superseded') settle(reply.seq, 'superseded')
    else if (reply.type === 'error') settle(reply.seq, 'error')
  })

  function send(message: object): void {
    socket.send(JSON.stringify({ ...message, session }))
  }

  /** What comes before the next word. */
  function nextWords(): string {
    for (;;) {
      const step = steps.next().value
      if (step.kind === 'words') return step.text
      if (step.kind === 'begin') {
        if (calls > 0) send({ type: 'close' })
        // Answers to the call that has ended are not waited for.
        pending.clear()
        calls += 1
        seq = 0
        session = `caller-${caller}-${calls}`
        send({ type: 'open' })
      } else {
        send({ type: 'agentSpeaking', seq: seq + 1, text: step.text })
        send({ type: 'agentFinished', seq: seq + 2 })
        seq += 2
      }
    }
  }

  return {
    next() {
      const text = nextWords()
      seq += 1
      const at = seq
      const answered = new Promise<Answered>((resolve) => {
        pending.set(at, { beganMs: performance.now(), settle: resolve })
      })
      send({ type: 'hear', seq: at, text })
      return answered
    },
    async close() {
      send({ type: 'close' })
      socket.close()
      await once(socket, 'close')
    },
  }
}

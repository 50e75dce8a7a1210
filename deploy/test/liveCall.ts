import { setTimeout as sleep } from 'node:timers/promises'
import type { Client, Message, SessionDecision } from '@turnwise/client'

const WORDS = 'well I was charged twice for the same order and nobody has called me back about it since'.split(' ')

/** Words that were told to a session, and what came back. */
export interface Update {
  /** The conversation that they end. */
  readonly messages: readonly Message[]
  readonly toldAtMs: number
  readonly tookMs: number
  readonly decision: SessionDecision
}

/** How a call goes on. */
interface CallPace {
  /** Between two words. */
  readonly wordMs: number
  /** Before the first: people do not speak in step. */
  readonly afterMs: number
}

/** A call through the balancer: a word every `wordMs`, whether or not the one before is answered. */
export interface LiveCall {
  /** Ends the call, and waits for all answers. @throws what any of them has thrown */
  end(): Promise<Update[]>
}

export function startCall(client: Client, name: string, { wordMs, afterMs }: CallPace): LiveCall {
  const session = client.openSession({ id: name })
  const messages: Message[] = []
  const updates: Promise<Update>[] = []
  let isOver = false

  function say(content: string): void {
    session.agentSpeaking(content)
    session.agentFinished()
    messages.push({ role: 'assistant', content })
  }

  async function hear(content: string): Promise<Update> {
    const conversation = [...messages, { role: 'user' as const, content }]
    const toldAtMs = performance.now()
    const decision = await session.hear(content)
    return { messages: conversation, toldAtMs, tookMs: performance.now() - toldAtMs, decision }
  }

  async function talk(): Promise<void> {
    await sleep(afterMs)
    for (let turn = 0; !isOver; turn += 1) {
      say(`This is ${name}, turn ${turn}`)
      for (let count = 1; count <= WORDS.length && !isOver; count += 1) {
        const update = hear(WORDS.slice(0, count).join(' '))
        // It is looked at in the end.
        update.catch(() => undefined)
        updates.push(update)
        await sleep(wordMs)
      }
      messages.push({ role: 'user', content: WORDS.join(' ') })
    }
  }

  const talking = talk()
  return {
    async end() {
      isOver = true
      await talking
      const all = await Promise.all(updates)
      await session.close()
      return all
    },
  }
}

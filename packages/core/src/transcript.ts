import type { Message } from './messages.js'
import type { PromptEncoder } from './prompt.js'

/** What is settled of a conversation, never longer than a prompt. */
export interface Transcript {
  readonly messages: readonly Message[]
  push(message: Message): void
  /**
   * Writes the user's last message anew.
   *
   * @returns the messages up to it; undefined if there is none any more
   */
  revise(content: string): readonly Message[] | undefined
  /**
   * Makes room for what is being said now. If all of it does not fit into a prompt, the oldest messages go, and more of
   * them than needed: dropping one changes the beginning of every prompt, so that nothing computed can be used again.
   *
   * @param current the messages that follow the settled ones; these never go
   */
  makeRoom(current: readonly Message[]): void
}

/** The part of a prompt that stays filled when messages are dropped. */
const KEPT_SHARE = 3 / 4

export function createTranscript(prompts: PromptEncoder, given: readonly Message[]): Transcript {
  const messages: Message[] = given.map(({ role, content }) => ({ role, content }))

  /** The index of the first of the last messages that take at most `room` tokens. No text before them costs time. */
  function firstWithin(room: number): number {
    let left = room
    const tooMuch = messages.findLastIndex((_, index) => {
      left -= prompts.count(messages, index)
      return left < 0
    })
    return tooMuch + 1
  }

  return {
    messages,
    push({ role, content }) {
      messages.push({ role, content })
    },
    revise(content) {
      const index = messages.findLastIndex(({ role }) => role === 'user')
      if (index === -1) return undefined
      messages[index] = { role: 'user', content }
      return messages.slice(0, index + 1)
    },
    makeRoom(current) {
      const all = [...messages, ...current]
      // 1: the trigger, that follows the last message.
      const taken = current.reduce((sum, _, index) => sum + prompts.count(all, messages.length + index), 1)
      if (firstWithin(prompts.maxTokens - taken) === 0) return
      messages.splice(0, firstWithin(prompts.maxTokens * KEPT_SHARE - taken))
    },
  }
}

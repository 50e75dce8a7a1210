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
  const messages: Message[] = []
  const counts: number[] = []

  function push({ role, content }: Message): void {
    const message = { role, content }
    messages.push(message)
    counts.push(prompts.count([message]))
  }

  for (const message of given) push(message)
  return {
    messages,
    push,
    revise(content) {
      const index = messages.findLastIndex(({ role }) => role === 'user')
      if (index === -1) return undefined
      const message: Message = { role: 'user', content }
      messages[index] = message
      counts[index] = prompts.count([message])
      return messages.slice(0, index + 1)
    },
    makeRoom(current) {
      // 1: the trigger, that follows the last message.
      let total = counts.reduce((sum, count) => sum + count, prompts.count(current) + 1)
      if (total <= prompts.maxTokens) return
      let dropped = 0
      while (dropped < counts.length && total > prompts.maxTokens * KEPT_SHARE) {
        total -= counts[dropped] ?? 0
        dropped += 1
      }
      messages.splice(0, dropped)
      counts.splice(0, dropped)
    },
  }
}

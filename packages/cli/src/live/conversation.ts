import type { Decision, Detector } from 'turnwise'

/** A decision about what the user has typed. */
export interface Heard {
  readonly decision: Decision
  readonly elapsedMs: number
  /** Whether the agent spoke when the user was heard. */
  readonly agentSpeaking: boolean
  /** What the agent had said when the decision made it stop. */
  readonly stoppedAgent: string | undefined
}

/** A conversation that is typed: the user's lines, and an agent whose words come one by one. */
export interface Conversation {
  /** What the agent has said of this turn so far; undefined while it is silent. */
  readonly agentText: string | undefined
  /**
   * Decides about the user's turn, the given line last. At the end of a word the decision is acted on: an agent that
   * should listen stops. Inside a word it is only shown, since half a word may mean anything.
   */
  hear(line: string, options: { readonly isWordEnd: boolean }): Promise<Heard>
  /** The line is finished; what comes next belongs to the same turn, unless the line was a backchannel. */
  settle(line: string, heard: Heard): void
  /** The agent begins to say a text, with its first word. */
  startAgent(text: string): void
  /** One more of the agent's words; its whole text when there are no more and it is silent again. */
  revealWord(): string | undefined
  /** The agent says all the rest at once and goes on being heard as speaking. */
  revealAll(): void
  /** The agent falls silent; the text that it has said. */
  finishAgent(): string | undefined
  /** Forgets everything. */
  reset(): Promise<void>
  close(): Promise<void>
}

export function createConversation(detector: Pick<Detector, 'openSession'>): Conversation {
  let session = detector.openSession()
  let settledLines: string[] = []
  let agentWords: string[] = []
  let revealed = 0

  function agentText(): string | undefined {
    return session.isAgentSpeaking ? agentWords.slice(0, revealed).join(' ') : undefined
  }

  function reveal(count: number): void {
    revealed = Math.min(count, agentWords.length)
    session.agentSpeaking(agentWords.slice(0, revealed).join(' '))
  }

  function finishAgent(): string | undefined {
    const text = agentText()
    if (text !== undefined) session.agentFinished(text)
    return text
  }

  return {
    get agentText() {
      return agentText()
    },
    async hear(line, { isWordEnd }) {
      const startMs = performance.now()
      const agentSpeaking = session.isAgentSpeaking
      const decision = await session.hear([...settledLines, line].join(' '))
      const elapsedMs = performance.now() - startMs
      const stops = isWordEnd && decision.action === 'start_listening'
      return { decision, elapsedMs, agentSpeaking, stoppedAgent: stops ? finishAgent() : undefined }
    },
    settle(line, { decision }) {
      if (decision.action !== 'continue_speaking') settledLines.push(line)
    },
    startAgent(text) {
      finishAgent()
      settledLines = []
      agentWords = text.trim().split(/\s+/)
      reveal(1)
    },
    revealWord() {
      if (!session.isAgentSpeaking) return undefined
      if (revealed >= agentWords.length) return finishAgent()
      reveal(revealed + 1)
      return undefined
    },
    revealAll() {
      if (session.isAgentSpeaking) reveal(agentWords.length)
    },
    finishAgent,
    async reset() {
      await session.close()
      session = detector.openSession()
      settledLines = []
    },
    close: () => session.close(),
  }
}

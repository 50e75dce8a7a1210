import type { Decision, Detector, Session } from 'turnwise'
import type { AgentTurn, Story } from './stories.js'

/** What happens in a story. */
export type StoryEvent =
  /** The agent has said this much of its turn. */
  | { readonly kind: 'agent'; readonly text: string; readonly isFinished: boolean }
  /** The user said one more word. */
  | {
      readonly kind: 'word'
      readonly word: string
      readonly decision: Decision
      readonly elapsedMs: number
      readonly agentSpeaking: boolean
    }
  /** The user pauses. */
  | { readonly kind: 'pause' }
  /** The agent stops in the middle, since it was told to listen. */
  | { readonly kind: 'stop' }

/** Plays a story word by word with a session, which does what the decisions say. */
export async function* playStory(
  detector: Pick<Detector, 'openSession'>,
  { turns }: Story,
): AsyncGenerator<StoryEvent> {
  const session = detector.openSession()
  try {
    for (const turn of turns) {
      if (turn.speaker === 'user') yield* playPhrases(session, turn.phrases)
      else yield* playAgentTurn(session, turn)
    }
  } finally {
    await session.close()
  }
}

async function* playPhrases(session: Session, phrases: readonly string[]): AsyncGenerator<StoryEvent> {
  let said = ''
  for (const [index, phrase] of phrases.entries()) {
    if (index > 0) yield { kind: 'pause' }
    for (const word of phrase.split(' ')) {
      said = said === '' ? word : `${said} ${word}`
      const agentSpeaking = session.isAgentSpeaking
      const startMs = performance.now()
      const decision = await session.hear(said)
      yield { kind: 'word', word, decision, elapsedMs: performance.now() - startMs, agentSpeaking }
      if (agentSpeaking && decision.action === 'start_listening') {
        session.agentFinished()
        yield { kind: 'stop' }
      }
    }
  }
}

async function* playAgentTurn(session: Session, { text, overlaps = [] }: AgentTurn): AsyncGenerator<StoryEvent> {
  const words = text.split(' ')
  for (const overlap of overlaps) {
    const said = words.slice(0, overlap.afterWords).join(' ')
    session.agentSpeaking(said)
    yield { kind: 'agent', text: said, isFinished: false }
    yield* playPhrases(session, [overlap.text])
  }
  const wasStopped = overlaps.length > 0 && !session.isAgentSpeaking
  if (wasStopped) return
  session.agentSpeaking(text)
  session.agentFinished()
  yield { kind: 'agent', text, isFinished: true }
}

import type { Detector, Message, PolicyName, Session, SessionDecision } from '@turnwise/web'
import type { Step, UserStep } from '../script/step.js'

/** Who judges the words: a model under a policy. */
export interface Judge {
  readonly detector: Pick<Detector, 'openSession' | 'manifest'>
  readonly policy: PolicyName
}

/** What one judge makes of a word. */
export interface Verdict {
  readonly judge: Judge
  readonly decision: SessionDecision
  /** From word to decision, ms. */
  readonly elapsedMs: number
}

/** A step that was played, and what was decided. */
export interface Beat {
  readonly step: Step
  /** Whether the agent spoke when it happened. */
  readonly agentSpeaking: boolean
  /** One a judge, the leading one first; none if the user said nothing. */
  readonly verdicts: readonly Verdict[]
  /** The conversation as the model saw it; the transcript. */
  readonly messages: readonly Message[]
}

/** A conversation that is being played to one session a judge. */
export interface Performance {
  /**
   * Plays a step once those before it are decided.
   *
   * @throws TurnwiseError as `Session.hear`
   */
  play(step: Step): Promise<Beat>
  /** Ends the sessions. Steps played before are still answered. */
  close(): Promise<void>
}

/** Plays steps to sessions. The first judge leads: whether words over the agent leave a trace is its decision. */
export function createPerformance(judges: readonly Judge[]): Performance {
  const seats = judges.map((judge) => ({ judge, session: judge.detector.openSession({ policy: judge.policy }) }))
  let last: Promise<unknown> = Promise.resolve()
  let settled: string[] = []
  let utterance: string[] = []
  let agentText: string | undefined
  let lastDecision: SessionDecision | undefined
  let heardAtMs = 0

  function forgetTurn(): void {
    settled = []
    utterance = []
    lastDecision = undefined
  }

  /** Silence is decided about before anything breaks it: it may have given the agent its turn back. */
  async function passSilence({ pauseMs }: Step): Promise<void> {
    if (lastDecision === undefined || agentText !== undefined || pauseMs < lastDecision.waitMs) return
    for (const { session } of seats) await session.userSilent(heardAtMs + pauseMs)
  }

  async function hear({ word, keep, atMs }: UserStep): Promise<Verdict[]> {
    utterance = utterance.slice(0, keep)
    if (word !== '') utterance.push(word)
    const text = [...settled, ...utterance].join(' ')
    heardAtMs = atMs
    const verdicts: Verdict[] = []
    for (const { judge, session } of seats) {
      const startMs = performance.now()
      const decision = await session.hear(text, { atMs })
      verdicts.push({ judge, decision, elapsedMs: performance.now() - startMs })
    }
    lastDecision = verdicts[0]?.decision
    return verdicts
  }

  function settle(): void {
    // What only showed that the user listens is no part of what they say next.
    if (lastDecision?.action !== 'continue_speaking') settled.push(...utterance)
    utterance = []
  }

  function tellAll(tell: (session: Session) => void): void {
    for (const { session } of seats) tell(session)
  }

  async function perform(step: Step): Promise<Beat> {
    const agentSpeaking = agentText !== undefined
    await passSilence(step)
    let verdicts: Verdict[] = []
    if (step.kind === 'user') verdicts = await hear(step)
    else if (step.kind === 'settle') settle()
    else if (step.kind === 'expect') tellAll((session) => session.expecting(step.expect))
    else if (step.kind === 'agent') {
      if (agentText === undefined) forgetTurn()
      const text = agentText === undefined ? step.word : `${agentText} ${step.word}`
      agentText = text
      tellAll((session) => session.agentSpeaking(text))
    } else {
      tellAll((session) => session.agentFinished())
      agentText = undefined
      if (lastDecision?.action === 'continue_speaking') forgetTurn()
    }
    return { step, agentSpeaking, verdicts, messages: seats[0]?.session.messages ?? [] }
  }

  return {
    play(step) {
      const beat = last.then(() => perform(step))
      last = beat.catch(() => undefined)
      return beat
    },
    async close() {
      await last
      await Promise.all(seats.map(({ session }) => session.close()))
    },
  }
}

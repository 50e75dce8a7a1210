import { isPause, type Message, type Pace, spokenMs } from '@turnwise/core'
import { isBackchannel, type Meeting, spokenText, type TimedWord } from './meeting.js'

/** Speech of one speaker without a silence in it. Backchannels are none. */
export interface Stretch {
  readonly speaker: string
  readonly startMs: number
  readonly endMs: number
  readonly words: readonly TimedWord[]
}

/** A silence that a listening agent must judge. */
export interface Moment {
  readonly meeting: string
  /** `hold`: the speaker goes on. `end`: another one answers. */
  readonly kind: 'hold' | 'end'
  /** From the speaker's last word to the next word of anybody. */
  readonly silenceMs: number
  /** What was said so far, the speaker as the user, all others as the agent. */
  readonly messages: readonly Message[]
  /** How the speaker has spoken in this meeting, as far as its moments go, before this silence. */
  readonly pace: Pace
}

/** Shorter silences are no pauses. */
const MIN_SILENCE_MS = 200
/** After longer ones something else has begun. */
export const MAX_SILENCE_MS = 5000

/** Of what is said before, as much as an agent's prompt usually holds. */
const MAX_CONTEXT_MESSAGES = 4
const MAX_MESSAGE_WORDS = 60

/** Who speaks when, backchannels left out, by beginnings. */
export function stretchesOf({ units }: Meeting): Stretch[] {
  const words = units
    .filter((unit) => !isBackchannel(unit))
    .flatMap(({ speaker, words }) => words.map((word) => ({ speaker, word })))
    .sort((left, right) => left.word.startMs - right.word.startMs)
  const last = new Map<string, { speaker: string; startMs: number; endMs: number; words: TimedWord[] }>()
  const stretches: Stretch[] = []
  for (const { speaker, word } of words) {
    const current = last.get(speaker)
    if (current !== undefined && word.startMs - current.endMs < MIN_SILENCE_MS) {
      current.words.push(word)
      current.endMs = Math.max(current.endMs, word.endMs)
      continue
    }
    const next = { speaker, startMs: word.startMs, endMs: word.endMs, words: [word] }
    last.set(speaker, next)
    stretches.push(next)
  }
  return stretches
}

/**
 * The silences of a meeting. A hold: 0.2 to 5 s after which the same speaker goes on before anybody else speaks. An end:
 * up to 5 s after which another speaks, and says a stretch of words before the first one speaks again. Silences in
 * which somebody else was still speaking say nothing and are left out, as are those after no word at all. A turn begins
 * with the first of a speaker's stretches that follow each other.
 */
export function momentsOf(meeting: Meeting): Moment[] {
  const stretches = stretchesOf(meeting)
  const habits = new Map<string, Habit>()
  let latestEndMs = Number.NEGATIVE_INFINITY
  let first: Stretch | undefined
  return stretches.flatMap((stretch, index): Moment[] => {
    const { speaker } = stretch
    if (first?.speaker !== speaker) first = stretch
    const before = latestEndMs
    latestEndMs = Math.max(latestEndMs, stretch.endMs)
    const next = stretches[index + 1]
    if (next === undefined || before > stretch.endMs || next.startMs < stretch.endMs) return []
    const silenceMs = next.startMs - stretch.endMs
    const kind = next.speaker === speaker ? 'hold' : 'end'
    if (silenceMs > MAX_SILENCE_MS || (kind === 'hold' && silenceMs < MIN_SILENCE_MS)) return []
    if (kind === 'end' && !isAnswered(stretches, index)) return []
    const messages = messagesBefore(stretches, index, speaker)
    if (messages === undefined) return []
    const habit = habits.get(speaker) ?? { held: 0, answered: 0 }
    habits.set(speaker, afterSilence(habit, kind, silenceMs))
    const turnMs = Math.max(stretch.endMs - first.startMs, spokenMs(messages.at(-1)?.content ?? ''))
    return [{ meeting: meeting.id, kind, silenceMs, messages, pace: { turnMs, ...habit } }]
  })
}

type Habit = Pick<Pace, 'held' | 'answered'>

function afterSilence({ held, answered }: Habit, kind: Moment['kind'], silenceMs: number): Habit {
  if (kind === 'end') return { held, answered: answered + 1 }
  return { held: isPause(silenceMs) ? held + 1 : held, answered }
}

/** Whether the next speaker's stretch is over before this one speaks again. */
function isAnswered(stretches: readonly Stretch[], index: number): boolean {
  const { speaker } = stretches[index] ?? {}
  const answer = stretches[index + 1]
  const again = stretches.slice(index + 2).find((later) => later.speaker === speaker)
  return answer !== undefined && (again === undefined || again.startMs >= answer.endMs)
}

/** The words up to and with a stretch; undefined if its speaker's turn has no words that a recogniser would write. */
function messagesBefore(stretches: readonly Stretch[], index: number, user: string): Message[] | undefined {
  const messages = messagesOf(stretches.slice(Math.max(0, index - 40), index + 1), user)
  return messages.at(-1)?.role === 'user' ? messages : undefined
}

/** Stretches as messages, the user's and those of all others; the last few, each with its last words. */
export function messagesOf(stretches: readonly Pick<Stretch, 'speaker' | 'words'>[], user: string): Message[] {
  const turns: { role: 'user' | 'assistant'; words: string[] }[] = []
  for (const { speaker, words } of stretches) {
    const text = spokenText(words)
    if (text === '') continue
    const role = speaker === user ? 'user' : 'assistant'
    const last = turns.at(-1)
    if (last?.role === role) last.words.push(...text.split(' '))
    else turns.push({ role, words: text.split(' ') })
  }
  return turns
    .slice(-MAX_CONTEXT_MESSAGES)
    .map(({ role, words }) => ({ role, content: words.slice(-MAX_MESSAGE_WORDS).join(' ') }))
}

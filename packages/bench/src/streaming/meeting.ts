import { createHash } from 'node:crypto'

/** A word and when it was said, in ms from the beginning of the recording. */
export interface TimedWord {
  readonly startMs: number
  readonly endMs: number
  /** As the transcript has it: fragments and marks of noise too. */
  readonly text: string
}

/** What somebody says in one go, by the transcribers. */
export interface Unit {
  readonly speaker: string
  /** Its dialogue act, such as `b`, `s^bk` or `s.%-`. */
  readonly tag: string
  readonly words: readonly TimedWord[]
}

/** A recorded conversation with the times of its words. */
export interface Meeting {
  readonly id: string
  /** By their first words. Units without words are left out. */
  readonly units: readonly Unit[]
}

/** Below this first byte of the SHA-256 of its id a meeting is for testing: a fifth of all. */
const TEST_BELOW = 51

/**
 * Whether a meeting is for testing and must not be trained on: written here and, the same, in
 * training/turnwise_training/mined_sources.py.
 */
export function isTestMeeting(id: string): boolean {
  return (createHash('sha256').update(id).digest()[0] ?? 0) < TEST_BELOW
}

/** Whether a unit only shows that its speaker listens. */
export function isBackchannel({ tag }: Unit): boolean {
  return /^(b|s\^bk|s\^ba)(\.%)?$/.test(tag)
}

/** Whether another broke into the unit before it was over. `%--` is one that its speaker gave up. */
export function isInterrupted({ tag }: Unit): boolean {
  return tag.includes('%-') && !tag.includes('%--')
}

/**
 * Words as a recogniser would write them: no fragments and no marks of noise, letters said one by one apart. The times
 * of what is left out still count as speech.
 */
export function spokenText(words: readonly TimedWord[]): string {
  const spoken = words.map(({ text }) => {
    if (/^<.*>$|-$|^-/.test(text)) return ''
    const spelled = text === 'o_k' ? 'okay' : text.replace(/_+/g, ' ').trim()
    return spelled.replace('uhhuh', 'uh-huh').replace('mmhmm', 'mm-hmm')
  })
  return spoken.filter((text) => text !== '').join(' ')
}

/** When a unit begins. */
export function startOf({ words }: Unit): number {
  return words[0]?.startMs ?? Number.NaN
}

/** When it ends: transcripts do not always order words that overlap by their ends. */
export function endOf({ words }: Unit): number {
  return Math.max(...words.map(({ endMs }) => endMs))
}

import { spokenMs } from './pace.js'
import type { UserTurn } from './savedSession.js'
import { wordsOf } from './spokenWords.js'
import { strip } from './strip.js'

/** The words of a turn: the segments that the recogniser has settled, and then its partial. */
export function joinSegments(settledText: string, partial: string): string {
  return settledText === '' ? partial : `${settledText} ${partial}`.trimEnd()
}

/** Whether a prompt would hold nothing of a turn: no template writes less than this, and "!?" stays. */
export function isEmpty({ text }: UserTurn): boolean {
  return strip(text) === ''
}

/** Whether two texts are the same but for how they are written: a final transcript often only adds punctuation. */
export function hasSameWords(left: string, right: string): boolean {
  // No word has a space in it.
  return wordsOf(left).join(' ') === wordsOf(right).join(' ')
}

/** From the first word to the last; a finite number even where the clock has run from one end of numbers to the other. */
export function turnMsOf({ text, startedAtMs, spokeAtMs }: UserTurn): number {
  return Math.min(Number.MAX_VALUE, Math.max(spokenMs(text), spokeAtMs - startedAtMs))
}

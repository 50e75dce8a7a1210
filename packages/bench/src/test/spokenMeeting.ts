/** A unit of a made-up meeting: who says what from when on, in seconds; each word takes 0.3 s, without silence between. */
export type SpokenUnit = readonly [speaker: string, startSeconds: number, text: string, tag?: string]

const WORD_SECONDS = 0.3

/** The two lines of a meeting, as `readMeetings` reads them. */
export function spokenMeeting(id: string, units: readonly SpokenUnit[]) {
  const words = units.map(([, start, text], index) => {
    const timed = text.split(' ').map((word, place) => {
      const begin = start + place * WORD_SECONDS
      return [begin, begin + WORD_SECONDS, word]
    })
    return [`u${index}`, timed]
  })
  const turns = units.map(([speaker, , , tag = 's'], index) => ({ uid: `u${index}`, speaker, tags: [tag] }))
  return { units: { id, turns }, words: { id, words: Object.fromEntries(words) } }
}

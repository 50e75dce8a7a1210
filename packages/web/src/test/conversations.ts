import type { Message } from '@turnwise/core'

/** What a user says, with what came before. */
export interface Conversation {
  readonly before: readonly Message[]
  readonly words: string
}

/** Single turns without context, finished and not, as in TEN; and a few that need their context. Written for this test. */
const TURNS = [
  'where can I leave my bicycle overnight',
  'could you read me the last',
  'I would like two tickets for the matinee on Sunday please',
  'the parcel was meant to come on',
  'my sister lives three streets from the harbour',
  'what I wanted to ask is whether',
  'please turn the heating down a little',
  'so the thing with the printer is that',
  'is the museum open on public holidays',
  'when I opened the box there was',
  'no that is all for today thank you',
  'I have been waiting since',
  'how do I get a new key for the cellar',
  'if it rains tomorrow then we',
  'let us meet at the usual place at half past six',
  'the colour I had in mind was something like',
  'who is in charge of the garden now',
  'because my brother said that he',
  'yes the blue one will do',
  'can you tell me how many',
  'we moved here from the coast last spring',
  'and after that I pressed the',
  'do you also deliver to the islands',
  'well it depends on',
] as const

const QUESTIONS = [
  ['What number can we reach you on?', 'oh four one seven double two'],
  ['Shall I book the table for eight?', 'yes please'],
  ['And what is the name on the card?', 'it is in the name of'],
  ['How did you hear about us?', 'a colleague of mine told me about it'],
  ['Which day suits you best?', 'hmm let me think'],
  ['Is there anything else?', 'no'],
] as const

/** The conversations, 30 of them. */
export const CONVERSATIONS: readonly Conversation[] = [
  ...TURNS.map((words) => ({ before: [], words })),
  ...QUESTIONS.map(([content, words]) => ({ before: [{ role: 'assistant' as const, content }], words })),
]

/** What a recogniser would say of a turn: its words so far, word by word. */
export function partials(words: string): string[] {
  const all = words.split(' ')
  return all.map((_, index) => all.slice(0, index + 1).join(' '))
}

import type { ExpectationKind } from '@turnwise/web'

/** A turn of a scenario. */
export type Turn = UserTurn | AgentTurn

/** The user speaks while the agent is silent. */
export interface UserTurn {
  readonly speaker: 'user'
  /** With a pause between each two. */
  readonly phrases: readonly string[]
  /** Default: 800. */
  readonly pauseMs?: number
}

/** The agent speaks; the user may speak over it. */
export interface AgentTurn {
  readonly speaker: 'agent'
  readonly text: string
  /** What it asks for. */
  readonly expect?: ExpectationKind
  readonly overlaps?: readonly Overlap[]
}

/** What the user says while the agent speaks. */
interface Overlap {
  /** How many words the agent has said by then. */
  readonly afterWords: number
  readonly text: string
}

/** A conversation to play. */
export interface Scenario {
  readonly id: string
  readonly title: string
  /** What there is to see. */
  readonly hint: string
  readonly turns: readonly Turn[]
}

/**
 * What shows most of turn-taking in the fewest words. `scenarios.test.ts` holds the bundled model to what they show: with
 * another model they may need other words.
 */
export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'request',
    title: 'A plain request',
    hint: 'Wait turns into speak at the last word.',
    turns: [
      { speaker: 'user', phrases: ['could you tell me where my package is'] },
      { speaker: 'agent', text: 'It was left with your neighbour on Monday. Is there anything else?' },
      { speaker: 'user', phrases: ['and can you tell me when the other one arrives'] },
    ],
  },
  {
    id: 'email',
    title: 'Spelling an e-mail',
    hint: 'Pauses in the middle, and nobody cuts in.',
    turns: [
      { speaker: 'agent', text: 'What email address should I send the tickets to?', expect: 'email' },
      { speaker: 'user', phrases: ["it's maria dot", 'lopez at', 'example dot com'], pauseMs: 1100 },
    ],
  },
  {
    id: 'hold-on',
    title: '“Hold on”',
    hint: 'A whole sentence that asks for silence.',
    turns: [
      { speaker: 'agent', text: 'What is the five digit order number?' },
      {
        speaker: 'user',
        phrases: ['hold on a second let me find the letter', 'okay it is seven three one nine two and that is all'],
      },
    ],
  },
  {
    id: 'backchannel',
    title: 'A backchannel',
    hint: '“Uh huh” is no interruption.',
    turns: [
      { speaker: 'user', phrases: ['how much money is in my account'] },
      {
        speaker: 'agent',
        text: 'Your current balance is forty two dollars and ten cents, and the payment is due on the first of June.',
        overlaps: [
          { afterWords: 7, text: 'uh huh' },
          { afterWords: 13, text: 'okay great' },
        ],
      },
    ],
  },
  {
    id: 'interruption',
    title: 'An interruption',
    hint: 'The agent stops in mid-sentence.',
    turns: [
      { speaker: 'user', phrases: ['how much money is in my account'] },
      {
        speaker: 'agent',
        text: 'Your checking account has a balance of four hundred and twelve dollars, and the last payment',
        overlaps: [{ afterWords: 7, text: 'wait I think you have the wrong account' }],
      },
    ],
  },
  {
    id: 'one-word',
    title: 'Answered with one word',
    hint: 'Short, and still complete: it was asked for.',
    turns: [
      { speaker: 'agent', text: 'How many people is the table for?' },
      { speaker: 'user', phrases: ['four'] },
      { speaker: 'agent', text: 'Inside or outside?' },
      { speaker: 'user', phrases: ['outside'] },
    ],
  },
  {
    id: 'thinking',
    title: 'Thinking aloud',
    hint: 'Um, well, if, then: not yet.',
    turns: [
      { speaker: 'agent', text: 'When would you like to come in?' },
      {
        speaker: 'user',
        phrases: ['um well so', 'if I finish work at five', 'then around six would be best'],
        pauseMs: 1200,
      },
    ],
  },
  {
    id: 'side-talk',
    title: 'Words for somebody else',
    hint: 'Somebody is called to the phone; the agent goes on.',
    turns: [
      {
        speaker: 'agent',
        text: 'I can see two deliveries for your address this week, one on Wednesday morning and one on Friday.',
        overlaps: [{ afterWords: 12, text: 'mum it is for you' }],
      },
      { speaker: 'user', phrases: ['can you tell me which delivery needs a signature'] },
    ],
  },
]

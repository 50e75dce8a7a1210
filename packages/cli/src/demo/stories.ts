/** A turn of a story. */
type StoryTurn = UserTurn | AgentTurn

/** The user speaks while the agent is silent. */
interface UserTurn {
  readonly speaker: 'user'
  /** With a pause between each two. */
  readonly phrases: readonly string[]
}

/** The agent speaks; the user may speak over it. */
export interface AgentTurn {
  readonly speaker: 'agent'
  readonly text: string
  readonly overlaps?: readonly Overlap[]
}

/** What the user says while the agent speaks. */
interface Overlap {
  /** How many words the agent has said by then. */
  readonly afterWords: number
  readonly text: string
}

/** A conversation to play. */
export interface Story {
  readonly title: string
  readonly turns: readonly StoryTurn[]
}

/** The published example, and two more: one that pauses in the middle, one that speaks over the agent. */
export const STORIES: readonly Story[] = [
  {
    title: 'A question about a bill',
    turns: [
      { speaker: 'user', phrases: ['I need help with my bill'] },
      { speaker: 'agent', text: 'Sure I can help with that what seems to be the issue' },
      { speaker: 'user', phrases: ['I was charged twice for the same order'] },
    ],
  },
  {
    title: 'An e-mail address, with pauses to think',
    turns: [
      { speaker: 'agent', text: 'What email address should I send the tickets to' },
      { speaker: 'user', phrases: ["it's maria dot", 'lopez at', 'example dot com'] },
    ],
  },
  {
    title: 'Speaking over the agent: a backchannel, then an interruption',
    turns: [
      { speaker: 'user', phrases: ['what is the balance on my account'] },
      {
        speaker: 'agent',
        text: 'Your current balance is forty two dollars and ten cents and the payment is due on the first of June',
        overlaps: [
          { afterWords: 7, text: 'uh huh' },
          { afterWords: 14, text: 'wait no I meant my savings account' },
        ],
      },
    ],
  },
]

/** What the callers say: alike in length, and never the same, so that nothing is known from before. */
const WORDS = 'well I was charged twice for the same order last week and nobody called me back'.split(' ')
const AGENT_TEXT = 'I am sorry to hear that what is the number of your order'
const GREETING = 'Thank you for calling what can I do for you'
/** After so many turns of the user a call ends and another begins. */
const TURNS_A_CALL = 4

export interface Spoken {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** A conversation of some 28 tokens, another one for each number. */
export function conversationOf(number: number): Spoken[] {
  return [
    { role: 'assistant', content: GREETING },
    { role: 'user', content: `${WORDS.slice(0, 10).join(' ')} number ${number % 1000}` },
  ]
}

/** What happens next in a call that goes on for ever. */
export type CallStep =
  | { readonly kind: 'begin' }
  | { readonly kind: 'agent'; readonly text: string }
  | { readonly kind: 'words'; readonly text: string }

/**
 * A call: it begins again after some turns, the agent speaks between turns, and the user says a word at a time. All calls
 * begin with the same greeting, as those of one agent do; what follows is another text for each caller.
 */
export function* callSteps(caller: number): Generator<CallStep, never> {
  for (let call = 1; ; call += 1) {
    const words = [...`this is ${caller} calling for the ${call} time`.split(' '), ...WORDS].slice(0, WORDS.length)
    yield { kind: 'begin' }
    for (let turn = 0; turn < TURNS_A_CALL; turn += 1) {
      yield { kind: 'agent', text: turn === 0 ? GREETING : AGENT_TEXT }
      for (let count = 1; count <= words.length; count += 1) {
        yield { kind: 'words', text: words.slice(0, count).join(' ') }
      }
    }
  }
}

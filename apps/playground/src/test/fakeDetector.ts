import { ACTIONS, type Action, createDetector, type Detector } from '@turnwise/core'
import { createFakeModel, createFakeTokenizer, FAKE_MANIFEST } from '@turnwise/core/testing'

/** Tokens below it are special; the others are characters. */
const FIRST_CHARACTER = 16
const SURE = 4

/** A detector that decides by a rule on what the user has said of this turn. */
export function createFakeDetector(rule: (said: string) => Action): Detector {
  const model = createFakeModel({
    logits(prompt) {
      const characters = prompt.map((token) =>
        token < FIRST_CHARACTER ? '\n' : String.fromCharCode(token - FIRST_CHARACTER),
      )
      const said = characters.join('').trim().split('\n').at(-1) ?? ''
      const action = rule(said)
      return ACTIONS.map((each) => (each === action ? SURE : 0))
    },
  })
  return createDetector(model, createFakeTokenizer(), FAKE_MANIFEST)
}

/** "wait" interrupts, "uh huh" does not, a sentence that ends in "bill" is over, anything else is not. */
export function plainRule(said: string): Action {
  if (said.includes('wait')) return 'start_listening'
  if (said.includes('uh')) return 'continue_speaking'
  return said.endsWith('bill') ? 'start_speaking' : 'continue_listening'
}

import type { Action } from 'turnwise'
import type { Colors } from './app.js'

/** What the agent should do, in words for people. */
export const ACTION_MEANINGS: Readonly<Record<Action, string>> = {
  start_speaking: 'the user is done: answer',
  continue_listening: 'the user goes on: wait',
  start_listening: 'the user wants to speak: stop',
  continue_speaking: 'the user only listens along: speak on',
}

/** The actions where there is little room. */
export const ACTION_LABELS: Readonly<Record<Action, string>> = {
  start_speaking: 'speak',
  continue_listening: 'wait',
  start_listening: 'stop',
  continue_speaking: 'go on',
}

/** An action, or another text, in the action's own colour. */
export function paintAction(action: Action, colors: Colors, text: string = action): string {
  switch (action) {
    case 'start_speaking':
      return colors.green(text)
    case 'continue_listening':
      return colors.cyan(text)
    case 'start_listening':
      return colors.yellow(text)
    case 'continue_speaking':
      return colors.magenta(text)
  }
}

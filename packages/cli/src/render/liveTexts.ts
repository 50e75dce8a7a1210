import { ACTIONS } from '@turnwise/core'
import { ACTION_LABELS, ACTION_MEANINGS, paintAction } from '../actionTexts.js'
import type { Colors } from '../app.js'
import type { Heard } from '../live/conversation.js'
import { keepEnd, keepStart } from './fitWidth.js'
import { renderProbabilityCells } from './probabilityCells.js'

/** What is on the screen below the conversation. */
export interface LiveState {
  /** What the agent has said so far; undefined while it is silent. */
  readonly agentText: string | undefined
  /** The line that the user types. */
  readonly line: string
  /** The latest decision about the line. */
  readonly heard: Heard | undefined
}

const SPEAKER_WIDTH = 6
const ACTION_WIDTH = 19
/** From this width on there is room for the four probabilities. */
const WIDE_COLUMNS = 80

/** The lines that change while one types; the cursor stays at the end of the last. */
export function renderLiveLines(state: LiveState, colors: Colors, columns: number): string[] {
  const room = Math.max(columns - SPEAKER_WIDTH - 1, 2)
  const { agentText, line } = state
  return [
    ...(agentText === undefined ? [] : [renderSpeaker('agent', colors) + colors.bold(keepEnd(`${agentText} ▌`, room))]),
    ' '.repeat(SPEAKER_WIDTH) + renderStatus(state, colors, columns),
    renderSpeaker('user', colors) + keepEnd(line, room),
  ]
}

/** What the user said, with the decision about it, for good. */
export function renderUserLine(line: string, { decision, elapsedMs }: Heard, colors: Colors): string {
  const verdict = `${paintAction(decision.action, colors)} ${decision.confidence.toFixed(2)}`
  return `${renderSpeaker('user', colors)}${line}  → ${verdict} ${colors.dim(`${elapsedMs.toFixed(1)} ms`)}\n`
}

/** What the agent said, for good. */
export function renderAgentLine(text: string, isInterrupted: boolean, colors: Colors): string {
  return `${renderSpeaker('agent', colors)}${text}${isInterrupted ? colors.yellow(' — stops') : ''}\n`
}

function renderStatus({ heard, line }: LiveState, colors: Colors, columns: number): string {
  if (heard === undefined) {
    const hint = line === '' ? 'type what the user says; /agent text… lets the agent speak' : ''
    return colors.dim(keepStart(hint, Math.max(columns - SPEAKER_WIDTH - 1, 2)))
  }
  const { decision, elapsedMs, agentSpeaking } = heard
  const action = paintAction(decision.action, colors, decision.action.padEnd(ACTION_WIDTH))
  const time = colors.dim(`${elapsedMs.toFixed(0)} ms`)
  if (columns < WIDE_COLUMNS) return `${action}${decision.confidence.toFixed(2)}  ${time}`
  const cells = renderProbabilityCells(decision, agentSpeaking, colors)
  return `${action}${ACTIONS.map((name) => `${ACTION_LABELS[name]} ${cells[name]}`).join(' ')}  ${time}`
}

function renderSpeaker(speaker: 'agent' | 'user', colors: Colors): string {
  return colors.dim(speaker.padEnd(SPEAKER_WIDTH))
}

/** What the four actions mean. */
export function renderLegend(colors: Colors): string {
  return ACTIONS.map((action) => {
    return `  ${paintAction(action, colors, action.padEnd(ACTION_WIDTH))} ${ACTION_MEANINGS[action]}\n`
  }).join('')
}

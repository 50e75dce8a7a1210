import { ACTIONS, fittingActions } from '@turnwise/core'
import type { Decision } from 'turnwise'
import { ACTION_MEANINGS, paintAction } from '../actionTexts.js'
import type { Colors } from '../app.js'
import { renderBar } from './bar.js'

/** How to draw a {@link renderDecisionChart}. */
export interface ChartOptions {
  readonly colors: Colors
  /** The width of the terminal. */
  readonly columns: number
  /** What the decision rested on. */
  readonly agentSpeaking: boolean | undefined
}

const NAME_WIDTH = 18
const MAX_BAR_WIDTH = 40

/** A decision: a bar for each action, the chosen one below with what it means. */
export function renderDecisionChart(decision: Decision, { colors, columns, agentSpeaking }: ChartOptions): string {
  const fitting = fittingActions(agentSpeaking)
  const barWidth = Math.min(Math.max(columns - NAME_WIDTH - 9, 1), MAX_BAR_WIDTH)
  const rows = ACTIONS.map((action) => {
    const probability = decision.probabilities[action]
    const bar = renderBar(probability, barWidth).trimEnd()
    const row = `${action.padEnd(NAME_WIDTH)} ${probability.toFixed(3)} ${paintAction(action, colors, bar)}`.trimEnd()
    if (action === decision.action) return `${colors.bold(row)}\n`
    return `${fitting.includes(action) ? row : colors.dim(row)}\n`
  })
  const { action, confidence } = decision
  const choice = `→ ${colors.bold(paintAction(action, colors))}: ${ACTION_MEANINGS[action]}`
  const pair = agentSpeaking === undefined ? '' : ` (${confidence.toFixed(3)} ${describePair(agentSpeaking)})`
  return `${rows.join('')}${choice}${colors.dim(pair)}\n`
}

function describePair(agentSpeaking: boolean): string {
  return agentSpeaking ? 'while the agent speaks' : 'while the agent is silent'
}

import { ACTIONS, fittingActions } from '@turnwise/core'
import type { Action, Decision } from 'turnwise'
import { paintAction } from '../actionTexts.js'
import type { Colors } from '../app.js'
import { renderLevel } from './bar.js'

/** The width of one cell. */
export const CELL_WIDTH = 5

/** The four probabilities in class order, each a small bar and a percentage; what does not fit is dim. */
export function renderProbabilityCells(
  { probabilities }: Decision,
  agentSpeaking: boolean | undefined,
  colors: Colors,
): Record<Action, string> {
  const fitting = fittingActions(agentSpeaking)
  const cells = ACTIONS.map((action) => {
    const probability = probabilities[action]
    const percent = `${Math.round(probability * 100)}%`.padStart(CELL_WIDTH - 1)
    const isFitting = fitting.includes(action)
    const level = paintAction(action, colors, renderLevel(probability))
    return [action, level + (isFitting ? percent : colors.dim(percent))]
  })
  return Object.fromEntries(cells)
}

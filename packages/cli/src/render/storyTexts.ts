import { ACTIONS } from '@turnwise/core'
import { ACTION_LABELS, paintAction } from '../actionTexts.js'
import type { Colors } from '../app.js'
import type { StoryEvent } from '../demo/playStory.js'
import { fitWidth } from './fitWidth.js'
import { CELL_WIDTH, renderProbabilityCells } from './probabilityCells.js'

const WORD_WIDTH = 16
const ACTION_WIDTH = 21
const GAP = 2
const TIME_WIDTH = 11

/** The title of a story and the names of the columns of its words. */
export function renderStoryTitle(title: string, colors: Colors): string {
  const labels = ACTIONS.map((action) => ACTION_LABELS[action].padEnd(CELL_WIDTH + GAP)).join('')
  const columns = `  ${fitWidth('word', WORD_WIDTH)}${'decision'.padEnd(ACTION_WIDTH)}${labels}${'time'.padStart(TIME_WIDTH - GAP)}`
  return `\n${colors.bold(title)}\n${colors.dim(columns)}\n`
}

/** What happened in a story, a line. */
export function renderStoryEvent(event: StoryEvent, colors: Colors): string {
  switch (event.kind) {
    case 'agent':
      return `${colors.dim('agent:')} ${event.text}${event.isFinished ? '' : colors.dim(' …')}\n`
    case 'pause':
      return `  ${colors.dim('(the user pauses)')}\n`
    case 'stop':
      return `${colors.dim('agent:')} ${colors.yellow('stops and listens')}\n`
    case 'word': {
      const { word, decision, elapsedMs, agentSpeaking } = event
      const action = paintAction(decision.action, colors, decision.action.padEnd(ACTION_WIDTH))
      const cells = renderProbabilityCells(decision, agentSpeaking, colors)
      const probabilities = ACTIONS.map((name) => cells[name] + ' '.repeat(GAP)).join('')
      const time = colors.dim(`${elapsedMs.toFixed(1)} ms`.padStart(TIME_WIDTH - GAP))
      return `  ${fitWidth(word, WORD_WIDTH)}${action}${probabilities}${time}\n`
    }
  }
}

/** How fast the decisions were. */
export function renderTimes(timesMs: readonly number[], colors: Colors): string {
  const sorted = timesMs.toSorted((left, right) => left - right)
  const median = sorted[Math.floor(sorted.length / 2)]
  const slowest = sorted.at(-1)
  if (median === undefined || slowest === undefined) return ''
  const text = `${sorted.length} decisions, median ${median.toFixed(1)} ms, slowest ${slowest.toFixed(1)} ms`
  return `\n${colors.dim(text)}\n`
}

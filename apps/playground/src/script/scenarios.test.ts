import { fileURLToPath } from 'node:url'
import { type Detector, loadDetector } from 'turnwise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Beat } from '../stage/performance.js'
import { playAll } from '../test/playAll.js'
import { SCENARIOS } from './scenarios.js'

const MODEL = fileURLToPath(new URL('../../../../models/en', import.meta.url))

/** Of each utterance, its first word and those at which the action changes. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  request: ['could continue_listening', 'is start_speaking', 'and continue_listening', 'arrives start_speaking'],
  email: ["it's continue_listening", 'com start_speaking'],
  'hold-on': [
    'hold continue_listening',
    'two start_speaking', // the fifth digit of five
    'and continue_listening',
    'all start_speaking',
  ],
  backchannel: ['how continue_listening', 'account start_speaking', 'uh continue_speaking', 'okay continue_speaking'],
  interruption: [
    'how continue_listening',
    'account start_speaking',
    'wait start_listening',
    'I continue_listening',
    'account start_speaking',
  ],
  'one-word': ['four start_speaking', 'outside start_speaking'],
  thinking: ['um continue_listening', 'best start_speaking'],
  'side-talk': ['mum continue_speaking', 'can continue_listening', 'signature start_speaking'],
}

let detector: Detector
beforeAll(async () => {
  // What the page runs is ONNX Runtime too.
  detector = await loadDetector({ model: MODEL, runtime: 'onnx' })
}, 60_000)
afterAll(() => detector.close())

test.each(SCENARIOS)('the bundled model does in “$title” what it is there to show', async ({ id, turns }) => {
  const beats = await playAll(detector, turns)
  expect(changes(beats)).toEqual(SHOWN[id])
  expect(cutIns(beats)).toEqual([])
})

function changes(beats: readonly Beat[]): string[] {
  const found: string[] = []
  let before: string | undefined
  for (const { step, verdicts } of beats) {
    const action = verdicts[0]?.decision.action
    if (step.kind !== 'user') before = step.kind === 'agentDone' ? before : undefined
    else if (action !== before) found.push(`${step.word} ${action}`)
    if (step.kind === 'user') before = action
  }
  return found
}

/** The words that the user goes on with after a pause in which the agent would have spoken. */
function cutIns(beats: readonly Beat[]): string[] {
  return beats.flatMap(({ step }, place) => {
    const waitMs = beats[place - 1]?.verdicts[0]?.decision.waitMs ?? Number.POSITIVE_INFINITY
    return step.kind === 'user' && step.pauseMs > 0 && step.pauseMs >= waitMs ? [step.word] : []
  })
}

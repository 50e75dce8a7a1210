import { stripVTControlCharacters } from 'node:util'
import { decide } from '@turnwise/core'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { renderLiveLines } from './liveTexts.js'

const decision = decide([0, 0, 9, 0], { temperature: 1, agentSpeaking: true, tokensRun: 1 })
const heard = { decision, elapsedMs: 12.3, agentSpeaking: true, stoppedAgent: undefined }
const state = { agentText: 'Your balance is forty two', line: 'wait '.repeat(50), heard }

test.each([1, 10, 40, 80, 200])('in %i columns no line is wider', (columns) => {
  const lines = renderLiveLines(state, picocolors.createColors(true), columns).map(stripVTControlCharacters)
  expect(lines).toHaveLength(3)
  if (columns >= 40) for (const line of lines) expect(line.length).toBeLessThan(columns)
  expect(lines[1]).toContain('start_listening')
})

test('an agent that is silent takes no line, and before the first key there is a hint', () => {
  const lines = renderLiveLines(
    { agentText: undefined, line: '', heard: undefined },
    picocolors.createColors(false),
    80,
  )
  expect(lines).toEqual(['      type what the user says; /agent text… lets the agent speak', 'user  '])
})

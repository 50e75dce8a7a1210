import { decide } from '@turnwise/core'
import picocolors from 'picocolors'
import { expect, test } from 'vitest'
import { renderDecisionChart } from './decisionChart.js'

const plain = picocolors.createColors(false)
const logits = [4, 2, 0, 1]

function render(agentSpeaking: boolean | undefined, columns: number, colors = plain): string {
  return renderDecisionChart(decide(logits, { temperature: 1, agentSpeaking, tokensRun: 1 }), {
    colors,
    columns,
    agentSpeaking,
  })
}

test('a bar for each action, the choice below', () => {
  expect(render(undefined, 50)).toBe(`start_speaking     0.831 ███████████████████▏
continue_listening 0.112 ██▋
start_listening    0.015 ▍
continue_speaking  0.041 █
→ start_speaking: the user is done: answer
`)
})

test('says what the choice was restricted to', () => {
  expect(render(true, 30)).toContain(
    '→ continue_speaking: the user only listens along: speak on (0.731 while the agent',
  )
})

test('is no wider than the terminal', () => {
  for (const line of render(undefined, 40).split('\n').slice(0, 4)) expect(line.length).toBeLessThan(40)
})

test('is coloured where it may be', () => {
  expect(render(undefined, 80, picocolors.createColors(true))).toContain('\u001b[32m')
  expect(render(undefined, 80)).not.toContain('\u001b')
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { benchmarkRow, GROUPS, possibleActions } from './benchmarkRow.js'

test('a row has the fields of the benchmark, and alternating messages', () => {
  const row = benchmarkRow({
    messages: [
      { role: 'system', content: 'Be kind.' },
      { role: 'user', content: 'hello' },
      { role: 'user', content: 'are you there' },
      { role: 'assistant', content: 'Yes' },
      { role: 'user', content: 'good' },
    ],
    action: 'start_speaking',
    group: 'plain',
    domain: 'greetings',
  })
  expect(JSON.parse(row)).toEqual({
    id: 'fc-new',
    group: 'plain',
    domain: 'greetings',
    messages: [
      { role: 'user', content: 'hello are you there' },
      { role: 'assistant', content: 'Yes' },
      { role: 'user', content: 'good' },
    ],
    action: 'start_speaking',
  })
  expect(row).not.toContain('\n')
})

test('at most eight messages, the last ones', () => {
  const messages = Array.from({ length: 11 }, (_, index) => ({
    role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
    content: String(index),
  }))
  const row = benchmarkRow({ messages, action: 'start_speaking', group: 'plain', domain: '' })
  expect(JSON.parse(row).messages.map(({ content }: { content: string }) => content)).toEqual(
    messages.slice(3).map(({ content }) => content),
  )
})

test('the groups and fields are those of the benchmark’s description', () => {
  const text = readFileSync(
    new URL('../../../../packages/bench/benchmark/four-class/README.md', import.meta.url),
    'utf8',
  )
  const [, counts = ''] = text.split('## Counts')
  const described = [...counts.matchAll(/^\| (\w+) \|/gm)].map(([, name]) => name)
  expect(described.filter((name) => name !== 'group')).toEqual([...GROUPS])
})

test('who speaks is a fact: only the pair can be right', () => {
  expect(possibleActions(true)).toEqual(['start_listening', 'continue_speaking'])
  expect(possibleActions(false)).toEqual(['start_speaking', 'continue_listening'])
})

import { performance } from 'node:perf_hooks'
import { expect, onTestFinished, test, vi } from 'vitest'
import { CASES, timeCases } from './timeCases.js'
import type { TimedSystem, Work } from './timedSystem.js'

test('in its turn a system is timed after the rest, and once it has worked for 50 ms', async () => {
  let nowMs = 0
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  onTestFinished(() => clock.mockRestore())
  const turns: { readonly name: string; works: number }[] = []

  function createSystem(name: string, restedMs: number, steadyMs: number): TimedSystem {
    const work: Work = async () => {
      const last = turns.at(-1)
      const turn = last?.name === name ? last : { name, works: 0 }
      if (turn !== last) turns.push(turn)
      nowMs += turn.works === 0 ? restedMs : steadyMs
      turn.works += 1
      return 4
    }
    return {
      facts: { name, kind: 'model', role: 'turnwise', spinning: false },
      fresh: async () => work,
      update: async () => work,
      close: async () => undefined,
    }
  }

  const systems = [createSystem('short', 15, 5), createSystem('long', 100, 80)]
  const cases = await timeCases(systems, { rounds: 2, runs: 1, pauseMs: 0 })
  expect(cases).toHaveLength(CASES.length)
  for (const each of cases) {
    expect(each.systems).toEqual([
      { name: 'short', runs: [{ samplesMs: [5, 5], restedMs: [15, 15], tokensRun: 4 }] },
      { name: 'long', runs: [{ samplesMs: [80, 80], restedMs: [100, 100], tokensRun: 4 }] },
    ])
  }
  // 15 + 7 × 5 = 50 ms, then the sample; the long one works once more, then its sample.
  expect(new Set(turns.map(({ name, works }) => `${name} ${works}`))).toEqual(new Set(['short 9', 'long 3']))
})

import { afterEach, expect, test, vi } from 'vitest'
import { findEars } from './ears.js'

class FakeRecognition extends EventTarget {
  static last: FakeRecognition | undefined
  starts = 0
  processLocally = false
  constructor() {
    super()
    FakeRecognition.last = this
  }
  static async available() {
    return 'available'
  }
  start() {
    this.starts += 1
  }
  stop() {
    this.dispatchEvent(new Event('end'))
  }
  hears(...results: readonly (readonly [string, boolean])[]) {
    const list = results.map(([transcript, isFinal]) => ({ isFinal, 0: { transcript } }))
    this.dispatchEvent(Object.assign(new Event('result'), { results: list }))
  }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

async function listen() {
  vi.stubGlobal('webkitSpeechRecognition', FakeRecognition)
  const heard: [string, boolean][] = []
  const ends: (string | undefined)[] = []
  const stop = findEars()?.listen({
    onWords: (text, isFinal) => heard.push([text, isFinal]),
    onEnd: (problem) => ends.push(problem),
  })
  await vi.waitFor(() => expect(FakeRecognition.last?.starts).toBe(1))
  const recognition = FakeRecognition.last ?? new FakeRecognition()
  return { recognition, heard, ends, stop: () => stop?.() }
}

test('a browser without recognition has no ears', () => {
  expect(findEars()).toBeUndefined()
})

test('what is open is told, settled or not, and what was settled is not told again', async () => {
  const { recognition, heard } = await listen()
  recognition.hears(['my', false])
  recognition.hears(['my ', false], ['bill', false])
  recognition.hears(['my bill', true])
  recognition.hears(['my bill', true], ['please', false])
  expect(heard.map(([text, isFinal]) => [text.replace(/\s+/g, ' '), isFinal])).toEqual([
    ['my', false],
    ['my bill', false],
    ['my bill', true],
    ['please', false],
  ])
  expect(recognition.processLocally).toBe(true)
})

test('it listens on after a silence, until it is stopped or forbidden', async () => {
  const { recognition, ends, stop } = await listen()
  recognition.dispatchEvent(new Event('end'))
  expect([recognition.starts, ends]).toEqual([2, []])
  stop()
  expect(ends).toEqual([undefined])

  const other = await listen()
  other.recognition.dispatchEvent(Object.assign(new Event('error'), { error: 'not-allowed' }))
  other.recognition.dispatchEvent(new Event('end'))
  expect(other.ends[0]).toContain('microphone')
})

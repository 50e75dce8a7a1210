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

/** Ears that were told to listen, and may have begun. */
function turnOn() {
  vi.stubGlobal('webkitSpeechRecognition', FakeRecognition)
  const heard: [string, boolean][] = []
  const ends: string[] = []
  const starts: boolean[] = []
  const stop = findEars()?.listen({
    onStart: (isLocal) => starts.push(isLocal),
    onWords: (text, isFinal) => heard.push([text, isFinal]),
    onEnd: (problem) => ends.push(problem),
  })
  const recognition = FakeRecognition.last ?? new FakeRecognition()
  return { recognition, heard, ends, starts, stop: () => stop?.() }
}

async function listen() {
  const ears = turnOn()
  await vi.waitFor(() => expect(ears.recognition.starts).toBe(1))
  return ears
}

test('a browser without recognition has no ears', () => {
  expect(findEars()).toBeUndefined()
})

test('what is open is told, settled or not, and what was settled is not told again', async () => {
  const { recognition, heard, starts } = await listen()
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
  expect([recognition.processLocally, starts]).toEqual([true, [true]])
})

test('it listens on after a silence, until it is stopped or forbidden', async () => {
  const { recognition, ends, stop } = await listen()
  recognition.dispatchEvent(new Event('end'))
  expect([recognition.starts, ends]).toEqual([2, []])
  stop()
  expect([recognition.starts, ends]).toEqual([2, []])

  const other = await listen()
  other.recognition.dispatchEvent(Object.assign(new Event('error'), { error: 'not-allowed' }))
  other.recognition.dispatchEvent(new Event('end'))
  expect(other.ends[0]).toContain('microphone')
})

test('what is switched off before it has begun stays off', async () => {
  const { recognition, starts, stop } = turnOn()
  stop()
  await new Promise((resolve) => setTimeout(resolve, 10))
  expect([recognition.starts, starts]).toEqual([0, []])
})

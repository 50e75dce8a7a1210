import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { findVoice, writtenVoice } from './voice.js'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function listener() {
  const heard: string[] = []
  return { heard, onWord: (word: string) => heard.push(word), onEnd: () => heard.push('(end)') }
}

/** A synthesiser that does what the test says. */
function stubSynthesis() {
  const spoken: EventTarget[] = []
  class Utterance extends EventTarget {
    lang = ''
    readonly text: string
    constructor(text: string) {
      super()
      this.text = text
    }
  }
  vi.stubGlobal('SpeechSynthesisUtterance', Utterance)
  vi.stubGlobal('speechSynthesis', { speak: (utterance: Utterance) => spoken.push(utterance), cancel: vi.fn() })
  return spoken
}

function boundary(charIndex: number): Event {
  return Object.assign(new Event('boundary'), { name: 'word', charIndex })
}

test('a written voice says word by word, and can be silenced', () => {
  const all = listener()
  writtenVoice('one two', all)
  vi.advanceTimersByTime(2000)
  expect(all.heard).toEqual(['one', 'two', '(end)'])
  const some = listener()
  const silence = writtenVoice('one two', some)
  vi.advanceTimersByTime(300)
  silence()
  vi.advanceTimersByTime(2000)
  expect(some.heard).toEqual(['one'])
})

test('words are told as they are heard', () => {
  const [spoken, heard] = [stubSynthesis(), listener()]
  findVoice()?.('one two three', heard)
  spoken[0]?.dispatchEvent(boundary(0))
  spoken[0]?.dispatchEvent(boundary(4))
  expect(heard.heard).toEqual(['one', 'two'])
  spoken[0]?.dispatchEvent(new Event('end'))
  expect(heard.heard).toEqual(['one', 'two', 'three', '(end)'])
})

test('a machine without a voice writes instead', () => {
  const [spoken, heard] = [stubSynthesis(), listener()]
  findVoice()?.('one two', heard)
  vi.advanceTimersByTime(5000)
  spoken[0]?.dispatchEvent(new Event('end'))
  expect(heard.heard).toEqual(['one', 'two', '(end)'])
})

test('a silenced voice says no more', () => {
  const [spoken, heard] = [stubSynthesis(), listener()]
  const silence = findVoice()?.('one two', heard)
  spoken[0]?.dispatchEvent(boundary(0))
  silence?.()
  spoken[0]?.dispatchEvent(new Event('end'))
  vi.advanceTimersByTime(5000)
  expect(heard.heard).toEqual(['one'])
})

test('a browser without synthesis has no voice', () => {
  expect(findVoice()).toBeUndefined()
})

import { WORD_MS } from '../script/playScenario.js'
import { splitWords } from '../script/step.js'

/** What is told of a text that is being said. */
interface VoiceListener {
  onWord(word: string): void
  onEnd(): void
}

/** Says a text word by word; returns what silences it. */
export type Voice = (text: string, listener: VoiceListener) => () => void

/** So long a synthesiser may stay silent before the words are written without it, ms. */
const PATIENCE_MS = 1500

/** A voice that is only written. */
export const writtenVoice: Voice = (text, { onWord, onEnd }) => {
  const words = splitWords(text)
  let next = 0
  const timer = setInterval(() => {
    const word = words[next]
    next += 1
    if (word !== undefined) return onWord(word)
    clearInterval(timer)
    onEnd()
  }, WORD_MS)
  return () => clearInterval(timer)
}

/** The browser's speech synthesis; undefined if it has none. */
export function findVoice(): Voice | undefined {
  return 'speechSynthesis' in globalThis ? spokenVoice : undefined
}

const spokenVoice: Voice = (text, listener) => {
  const words = splitWords(text)
  let said = 0
  let silenced = false
  let silenceWritten: (() => void) | undefined
  const utterance = new SpeechSynthesisUtterance(words.join(' '))
  // Some voices tell no word boundaries, and some machines have no voice.
  const timer = setTimeout(() => {
    speechSynthesis.cancel()
    silenceWritten = writtenVoice(words.slice(said).join(' '), listener)
  }, PATIENCE_MS)

  function sayTo(count: number): void {
    for (const word of words.slice(said, count)) listener.onWord(word)
    said = Math.max(said, count)
  }

  utterance.lang = 'en-US'
  utterance.addEventListener('boundary', ({ name, charIndex }) => {
    if (silenced || silenceWritten !== undefined || name !== 'word') return
    clearTimeout(timer)
    sayTo(splitWords(utterance.text.slice(0, charIndex)).length + 1)
  })
  utterance.addEventListener('end', () => {
    if (silenced || silenceWritten !== undefined) return
    clearTimeout(timer)
    sayTo(words.length)
    listener.onEnd()
  })
  speechSynthesis.cancel()
  speechSynthesis.speak(utterance)
  return () => {
    silenced = true
    clearTimeout(timer)
    silenceWritten?.()
    speechSynthesis.cancel()
  }
}

/** The parts of the Web Speech API that are used; TypeScript's library does not have them. */
interface Recognition extends EventTarget {
  continuous: boolean
  interimResults: boolean
  lang: string
  processLocally?: boolean
  start(): void
  stop(): void
}

interface RecognitionEvent extends Event {
  readonly results: ArrayLike<{ readonly isFinal: boolean; readonly [index: number]: { readonly transcript: string } }>
}

interface RecognitionClass {
  new (): Recognition
  available?(options: { langs: string[]; processLocally: boolean }): Promise<string>
}

const LANGUAGE = 'en-US'

/** What is told of the user's voice. */
interface EarsListener {
  /** It begins to listen. @param isLocal sound stays on this device; else the browser's maker recognises it */
  onStart(isLocal: boolean): void
  /** What was understood of this utterance so far, revised as the recogniser likes. */
  onWords(text: string, isFinal: boolean): void
  /** It has stopped listening by itself, for a reason that can be shown. */
  onEnd(problem: string): void
}

/** The browser's own speech recognition. */
export interface Ears {
  /** Listens until stopped. Returns what stops it. */
  listen(listener: EarsListener): () => void
}

/** The ears of this browser; undefined if it has none. */
export function findEars(): Ears | undefined {
  const names = globalThis as { SpeechRecognition?: RecognitionClass; webkitSpeechRecognition?: RecognitionClass }
  const found = names.SpeechRecognition ?? names.webkitSpeechRecognition
  return found === undefined ? undefined : createEars(found)
}

function createEars(Recognizer: RecognitionClass): Ears {
  async function isLocal(): Promise<boolean> {
    try {
      return (await Recognizer.available?.({ langs: [LANGUAGE], processLocally: true })) === 'available'
    } catch {
      return false
    }
  }

  return {
    listen({ onStart, onWords, onEnd }) {
      const recognition = new Recognizer()
      let problem: string | undefined
      let stopped = false
      recognition.continuous = true
      recognition.interimResults = true
      recognition.lang = LANGUAGE
      recognition.addEventListener('result', (event) => {
        const results = Array.from((event as RecognitionEvent).results)
        const open = results.slice(results.findLastIndex(({ isFinal }) => isFinal) + 1)
        const last = results.at(-1)
        if (last?.isFinal === true) onWords(last[0]?.transcript ?? '', true)
        else onWords(open.map((result) => result[0]?.transcript ?? '').join(' '), false)
      })
      recognition.addEventListener('error', (event) => {
        const { error } = event as Event & { error?: string }
        if (error === 'not-allowed') problem = 'The browser was not allowed to use the microphone.'
        else if (error !== 'no-speech' && error !== 'aborted') problem = 'The browser could not recognise speech.'
      })
      recognition.addEventListener('end', () => {
        if (stopped) return
        // It ends by itself after some silence.
        if (problem === undefined) recognition.start()
        else onEnd(problem)
      })
      void isLocal().then((local) => {
        if (stopped) return
        onStart(local)
        if (local) recognition.processLocally = true
        recognition.start()
      })
      return () => {
        stopped = true
        recognition.stop()
      }
    },
  }
}

/**
 * In the page, before its scripts: a speech recognition that hears what it is told to, in place of the browser's, which needs
 * a microphone and its maker's servers. The page's `hears(transcript)` says what it hears.
 */
export function stubEars(): void {
  let listening: EventTarget | undefined
  class Recognition extends EventTarget {
    start(): void {
      listening = this
    }
    stop(): void {
      this.dispatchEvent(new Event('end'))
    }
  }
  const hears = (transcript: string) =>
    listening?.dispatchEvent(Object.assign(new Event('result'), { results: [{ isFinal: false, 0: { transcript } }] }))
  Object.assign(globalThis, { SpeechRecognition: Recognition, webkitSpeechRecognition: Recognition, hears })
}

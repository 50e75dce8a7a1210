import { on } from 'node:events'
import { emitKeypressEvents } from 'node:readline'
import type { Detector } from 'turnwise'
import type { App } from '../app.js'
import type { Input } from '../terminal.js'
import { createConversation } from './conversation.js'
import type { Key } from './editLine.js'
import { createLiveScreen } from './liveScreen.js'

/**
 * A conversation in a terminal: a decision at every key, and an agent whose speech one can talk over. The terminal is
 * as it was before when this returns or throws.
 *
 * @param agentWordMs how long the agent takes for a word
 */
export async function typeLive(app: App, detector: Pick<Detector, 'openSession'>, agentWordMs: number): Promise<void> {
  const { input, output } = app.terminal
  const failure = new AbortController()
  const fail = (error: unknown) => failure.abort(error)
  const conversation = createConversation(detector)
  const screen = createLiveScreen(app, conversation, fail)
  const redraw = () => void screen.redraw().catch(fail)
  const timer = setInterval(() => void screen.tick().catch(fail), agentWordMs)
  output.on('resize', redraw)
  input.setRawMode?.(true)
  try {
    await screen.redraw()
    for await (const key of readKeys(input, failure.signal)) {
      if (!(await screen.press(key))) break
    }
  } catch (error) {
    throw failure.signal.aborted ? failure.signal.reason : error
  } finally {
    clearInterval(timer)
    output.off('resize', redraw)
    input.setRawMode?.(false)
    input.pause()
    await screen.end()
    await conversation.close()
  }
}

/** The keys that are pressed, until the input ends. */
async function* readKeys(input: Input, signal: AbortSignal): AsyncGenerator<Key> {
  emitKeypressEvents(input)
  input.resume()
  for await (const [text, key] of on(input, 'keypress', { close: ['end', 'close'], signal })) {
    const { name, ctrl, meta } = key as { name?: string; ctrl?: boolean; meta?: boolean }
    yield { text: text as string | undefined, name, isControl: ctrl === true, isMeta: meta === true }
  }
}

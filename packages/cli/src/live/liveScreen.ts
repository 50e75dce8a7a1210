import type { App } from '../app.js'
import { renderAgentLine, renderLegend, renderLiveLines, renderUserLine } from '../render/liveTexts.js'
import { columnsOf } from '../terminal.js'
import type { Conversation, Heard } from './conversation.js'
import { editLine, type Key } from './editLine.js'
import { createLiveRegion } from './liveRegion.js'
import { isCommand, parseCommand, renderCommands } from './parseCommand.js'

/** A conversation on the screen. */
export interface LiveScreen {
  /** Draws what changes anew, after the terminal has got another width for instance. */
  redraw(): Promise<void>
  /** Takes a key. False: the user wants to end. */
  press(key: Key): Promise<boolean>
  /** Time for one more word of the agent. */
  tick(): Promise<void>
  /** Waits for what is being decided and leaves the screen. */
  end(): Promise<void>
}

/**
 * Keys in, texts out. Every key is shown at once; the decision about it follows when the model is done.
 *
 * @param onFailure told of what fails between two keys
 */
export function createLiveScreen(
  { terminal: { output }, colors }: Pick<App, 'terminal' | 'colors'>,
  conversation: Conversation,
  onFailure: (error: unknown) => void,
): LiveScreen {
  const region = createLiveRegion(output)
  let line = ''
  let heard: Heard | undefined
  let wanted: { readonly line: string; readonly isWordEnd: boolean } | undefined
  let deciding: Promise<void> = Promise.resolve()
  let isDeciding = false

  async function redraw(): Promise<void> {
    await region.draw(renderLiveLines({ agentText: conversation.agentText, line, heard }, colors, columnsOf(output)))
  }

  async function printAgent(text: string | undefined, isInterrupted: boolean): Promise<void> {
    if (text !== undefined) await region.print(renderAgentLine(text, isInterrupted, colors))
  }

  /** Decides about the latest line; what was typed over while the model ran is left out. */
  async function decide(): Promise<void> {
    isDeciding = true
    try {
      while (wanted !== undefined) {
        const { line: asked, isWordEnd } = wanted
        wanted = undefined
        heard = await conversation.hear(asked, { isWordEnd })
        await printAgent(heard.stoppedAgent, true)
        await redraw()
      }
    } finally {
      isDeciding = false
    }
  }

  function hear(isWordEnd: boolean): void {
    wanted = { line: line.trim(), isWordEnd }
    if (isDeciding) return
    deciding = decide()
    deciding.catch(onFailure)
  }

  async function submit(): Promise<boolean> {
    const text = line.trim()
    if (text !== '' && !isCommand(text)) hear(true)
    await deciding
    line = ''
    if (isCommand(text)) return runCommand(text)
    if (text !== '' && heard !== undefined) {
      conversation.settle(text, heard)
      await region.print(renderUserLine(text, heard, colors))
    }
    await redraw()
    return true
  }

  async function runCommand(typed: string): Promise<boolean> {
    heard = undefined
    const { name, text } = parseCommand(typed)
    if (name === 'quit') return false
    if (name === 'agent' && text !== '') {
      await printAgent(conversation.finishAgent(), false)
      conversation.startAgent(text)
    } else if (name === 'done') {
      await printAgent(conversation.finishAgent(), false)
    } else if (name === 'reset') {
      await conversation.reset()
      await region.print('The conversation is forgotten.\n')
    } else if (name === 'unknown') {
      await region.print(`There is no command ${text}.\n${renderCommands()}`)
    } else {
      await region.print(renderCommands() + renderLegend(colors))
    }
    await redraw()
    return true
  }

  return {
    redraw,
    async press(key) {
      const edit = editLine(line, key)
      if (edit.kind === 'quit') return false
      if (edit.kind === 'submitted') return submit()
      if (edit.kind === 'ignored') return true
      line = edit.line
      const isSpeech = line.trim() !== '' && !isCommand(line)
      if (!isSpeech) heard = undefined
      // Before the model runs, which may hold this thread.
      await redraw()
      if (isSpeech) hear(/\s$/.test(line))
      return true
    },
    async tick() {
      if (conversation.agentText === undefined) return
      await printAgent(conversation.revealWord(), false)
      await redraw()
    },
    async end() {
      await deciding.catch(() => undefined)
      await region.end()
    },
  }
}

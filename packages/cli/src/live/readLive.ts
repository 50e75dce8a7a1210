import { type Detector, TurnwiseError } from 'turnwise'
import type { App } from '../app.js'
import { splitLines } from '../predict/splitLines.js'
import { renderAgentLine, renderLegend, renderUserLine } from '../render/liveTexts.js'
import { write } from '../terminal.js'
import { createConversation } from './conversation.js'
import { isCommand, parseCommand, renderCommands } from './parseCommand.js'

/** A conversation from a file or a pipe: a decision after every line. The agent speaks until `/done` or a stop. */
export async function readLive(app: App, detector: Pick<Detector, 'openSession'>): Promise<void> {
  const { terminal, colors } = app
  const conversation = createConversation(detector)

  async function hear(line: string): Promise<string> {
    const heard = await conversation.hear(line, { isWordEnd: true })
    conversation.settle(line, heard)
    const stop = heard.stoppedAgent === undefined ? '' : renderAgentLine('', true, colors)
    return renderUserLine(line, heard, colors) + stop
  }

  async function runCommand(line: string): Promise<string | undefined> {
    const { name, text } = parseCommand(line)
    switch (name) {
      case 'agent':
        if (text === '') return renderCommands()
        conversation.startAgent(text)
        conversation.revealAll()
        return renderAgentLine(text, false, colors)
      case 'done':
        conversation.finishAgent()
        return ''
      case 'reset':
        await conversation.reset()
        return ''
      case 'help':
        return renderCommands() + renderLegend(colors)
      case 'quit':
        return undefined
      case 'unknown':
        return `There is no command ${text}.\n${renderCommands()}`
    }
  }

  try {
    for await (const lines of splitLines(terminal.input)) {
      for (const { number, text } of lines) {
        if (text === undefined) {
          throw new TurnwiseError('MALFORMED_TEXT', `Line ${number} is too long or not valid UTF-8.`)
        }
        const line = text.trim()
        const answer = isCommand(line) ? await runCommand(line) : line === '' ? '' : await hear(line)
        if (answer === undefined) return
        await write(terminal.output, answer)
      }
    }
  } finally {
    await conversation.close()
  }
}

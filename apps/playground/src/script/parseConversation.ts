import type { AgentTurn, Turn, UserTurn } from './scenarios.js'
import { splitWords } from './step.js'

const SPEAKER = /^\s*(?:(user|caller|customer|human|me|you|u)|(agent|assistant|bot|ai|a))\s*[:>]\s*(.*)$/iu
/** An agent's line that ends so was cut off: the next line of the user is said over it. */
const CUT_OFF = /\s*(?:—|–|--|-|…|\.\.\.)\s*$/u
/** Between the phrases of a user, a pause. */
const PAUSE = /\s*(?:…|\.\.\.|\n)\s*/u

/** The most words of a pasted conversation; a longer one would take minutes to play. */
const MAX_WORDS = 600

/**
 * A pasted conversation as turns to play: lines such as "agent: …" and "user: …", or a JSON array of messages. A line
 * without a speaker goes on with the one before; the first is the user's.
 *
 * @returns the reason, a sentence, if there is nothing to play
 */
export function parseConversation(text: string): readonly Turn[] | string {
  const lines = text.trimStart().startsWith('[') ? readMessages(text) : readLines(text)
  if (typeof lines === 'string') return lines
  const turns: Turn[] = []
  for (const { speaker, content } of lines) {
    const before = turns.at(-1)
    if (speaker === 'agent') turns.push({ speaker, text: content })
    else if (before?.speaker === 'agent' && CUT_OFF.test(before.text)) turns.splice(-1, 1, overlapped(before, content))
    else turns.push({ speaker, phrases: content.split(PAUSE).filter((phrase) => phrase !== '') } satisfies UserTurn)
  }
  if (turns.length === 0) return 'There are no words in it.'
  const words = lines.reduce((count, { content }) => count + splitWords(content).length, 0)
  return words > MAX_WORDS ? `It has ${words} words; ${MAX_WORDS} can be played.` : turns
}

interface Line {
  readonly speaker: 'user' | 'agent'
  readonly content: string
}

function overlapped({ text }: AgentTurn, over: string): AgentTurn {
  const said = text.replace(CUT_OFF, '')
  return { speaker: 'agent', text: said, overlaps: [{ afterWords: splitWords(said).length, text: over }] }
}

function readLines(text: string): Line[] {
  const lines: Line[] = []
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, user, agent, rest] = SPEAKER.exec(line) ?? []
    const before = lines.at(-1)
    if (user === undefined && agent === undefined && before !== undefined) {
      lines.splice(-1, 1, { ...before, content: `${before.content} ${line.trim()}` })
    } else {
      lines.push({ speaker: agent === undefined ? 'user' : 'agent', content: (rest ?? line).trim() })
    }
  }
  return lines.filter(({ content }) => content !== '')
}

function readMessages(text: string): Line[] | string {
  let messages: unknown
  try {
    messages = JSON.parse(text)
  } catch {
    return 'It begins as JSON does, but is none.'
  }
  if (!Array.isArray(messages)) return 'It is no array of messages.'
  const lines: Line[] = []
  for (const message of messages as unknown[]) {
    const { role, content } = (message ?? {}) as { role?: unknown; content?: unknown }
    if (typeof content !== 'string') return 'Each message needs a role and a content.'
    // What was not spoken is not played.
    if (role !== 'user' && role !== 'assistant') continue
    lines.push({ speaker: role === 'user' ? 'user' : 'agent', content: content.trim() })
  }
  return lines.filter(({ content }) => content !== '')
}

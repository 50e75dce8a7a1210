/** What can be asked for beside speaking. */
export const LIVE_COMMANDS = {
  agent: 'the agent says the text after it; talk over it',
  done: 'the agent has finished speaking',
  reset: 'forget the conversation',
  help: 'show this',
  quit: 'end',
} as const

/** One of {@link LIVE_COMMANDS}. */
type LiveCommandName = keyof typeof LIVE_COMMANDS

/** A typed command. */
export type LiveCommand =
  | { readonly name: LiveCommandName; readonly text: string }
  | { readonly name: 'unknown'; readonly text: string }

/** Whether a line is, or is about to become, a command. It is not heard then. */
export function isCommand(line: string): boolean {
  return line.startsWith('/')
}

/** Reads `/name text`. The beginning of a name is enough. */
export function parseCommand(line: string): LiveCommand {
  const [, word = '', text = ''] = /^\/(\S*)\s*(.*)$/su.exec(line) ?? []
  const names = Object.keys(LIVE_COMMANDS) as LiveCommandName[]
  const name = word === '' ? undefined : names.find((candidate) => candidate.startsWith(word.toLowerCase()))
  if (name === undefined) return { name: 'unknown', text: `/${word}` }
  return { name, text: text.trim() }
}

/** The commands, a line each. */
export function renderCommands(): string {
  const rows = Object.entries(LIVE_COMMANDS).map(([name, meaning]) => {
    return `  /${name}${name === 'agent' ? ' text…' : ''}`.padEnd(18) + meaning
  })
  return `${rows.join('\n')}\n`
}

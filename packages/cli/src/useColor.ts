import type { Output, Terminal } from './terminal.js'

/**
 * Whether to colour what goes to a stream: flag over environment over what the stream is.
 *
 * @param commandLine the arguments; they are looked at before they are parsed, since help and errors are coloured too
 */
export function useColor(
  commandLine: readonly string[],
  environment: Terminal['environment'],
  { isTTY = false }: Pick<Output, 'isTTY'>,
): boolean {
  const end = commandLine.indexOf('--')
  const flags = end === -1 ? commandLine : commandLine.slice(0, end)
  if (flags.includes('--no-color') || environment.NO_COLOR) return false
  const { FORCE_COLOR: forced } = environment
  if (forced !== undefined) return !['0', 'false'].includes(forced)
  return isTTY && environment.TERM !== 'dumb'
}

import { Command, InvalidArgumentError, Option } from 'commander'

/** What can be measured, in this order. */
const PARTS = ['wire', 'http', 'streams', 'calls', 'overload', 'soak'] as const
type Part = (typeof PARTS)[number]
const DEFAULT_PARTS = PARTS.filter((part) => part !== 'soak')
const SOAK_MINUTES = 10

export interface LoadSettings {
  readonly parts: ReadonlySet<Part>
  readonly seconds: number
  readonly connections: readonly number[]
  readonly calls: readonly number[]
  readonly wordMs: number
  readonly speechShare: number
  readonly rounds: number
  readonly loadCores?: number
  readonly soakMinutes: number
  readonly out?: string
  /** Of `turnwise serve`. */
  readonly flags: readonly string[]
}

const DESCRIPTION =
  'Measures `turnwise serve` from another process of the same machine, on which nothing else should run. Both share its ' +
  'cores unless --load-cores divides them. Prints Markdown tables.'

/** What is asked for; ends the process where that is wrong, or help. */
export function readCommandLine(commandLine: readonly string[]): LoadSettings {
  const program = new Command('npm run load -w packages/server --')
    .usage('[options] [-- flags of turnwise serve]')
    .description(DESCRIPTION)
    .argument('[flags...]')
    .addOption(
      new Option('--parts <list>', `of ${PARTS.join(',')}; http is measured before overload and soak`)
        .argParser(parseParts)
        .default(DEFAULT_PARTS, 'all but soak'),
    )
    .option('--seconds <number>', 'how long each load is kept up', parsePositive, 10)
    .addOption(counts('--connections <list>', 'of http, and of streams', '1,16,64,256'))
    .addOption(counts('--calls <list>', 'how many calls, each with a word every --word-ms', '16,32,64,128'))
    .option('--word-ms <number>', 'from one word of a call to the next', parsePositive, 300)
    .option('--speech-share <share>', 'of a call the user speaks, for the table of sizes', parseShare, 0.4)
    .option('--rounds <number>', 'of wire', parseCount, 200)
    .option('--load-cores <number>', 'that only the load uses, after wire (Linux; default: all are shared)', parseCount)
    .option('--soak-minutes <number>', `measures soak, for so long (default: ${SOAK_MINUTES})`, parsePositive)
    .option('--out <file>', 'where all of it goes as JSON')
    .parse(commandLine, { from: 'user' })
  const { parts, soakMinutes, ...options } = program.opts()
  return {
    ...(options as Omit<LoadSettings, 'parts' | 'soakMinutes' | 'flags'>),
    parts: completeParts(soakMinutes === undefined ? parts : [...parts, 'soak']),
    soakMinutes: soakMinutes ?? SOAK_MINUTES,
    flags: program.args,
  }
}

/** With what the parts need: overload and soak ask in proportion to the best throughput over HTTP. */
function completeParts(parts: readonly Part[]): ReadonlySet<Part> {
  const needsBest = parts.includes('overload') || parts.includes('soak')
  return new Set(needsBest ? [...parts, 'http'] : parts)
}

function parseParts(list: string): Part[] {
  const names = list.split(',')
  const known = PARTS.filter((part) => names.includes(part))
  if (known.length === new Set(names).size) return known
  throw new InvalidArgumentError(`The parts are ${PARTS.join(', ')}.`)
}

function counts(flags: string, description: string, text: string): Option {
  const parse = (list: string) => list.split(',').map(parseCount)
  return new Option(flags, description).argParser(parse).default(parse(text), text)
}

function parseCount(text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new InvalidArgumentError('Expected whole numbers from 1.')
}

function parsePositive(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0) return number
  throw new InvalidArgumentError('Expected a number above 0.')
}

function parseShare(text: string): number {
  const share = parsePositive(text)
  if (share <= 1) return share
  throw new InvalidArgumentError('Expected a number up to 1.')
}

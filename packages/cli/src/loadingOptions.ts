import { availableParallelism } from 'node:os'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { DEFAULT_LOAD_OPTIONS, RUNTIME_CHOICES, type RuntimeChoice } from 'turnwise'

/** What the commands that load a model are told about it. */
export interface LoadingOptions {
  readonly model?: string | undefined
  readonly threads?: number | undefined
  readonly runtime?: RuntimeChoice | undefined
}

/** Adds `--model`, `--threads` and `--runtime`, each with its environment variable. */
export function addLoadingOptions(command: Command): Command {
  const cores = availableParallelism()
  return command
    .addOption(
      readVariable(
        'TURNWISE_MODEL',
        new Option('--model <model>', 'a model folder, or a hub id owner/name (default: the bundled model)'),
      ),
    )
    .addOption(
      readVariable(
        'TURNWISE_THREADS',
        new Option('--threads <count>', `threads for one decision, 1 to ${cores} here (default: ${defaultThreads()})`),
      ).argParser((text) => parseThreads(text, cores)),
    )
    .addOption(
      readVariable(
        'TURNWISE_RUNTIME',
        new Option('--runtime <name>', 'native, onnx, or native where it can (default: auto)'),
      ).choices(RUNTIME_CHOICES),
    )
}

/** Has an option read an environment variable. An empty one is none, as everywhere; to Commander it would be a value. */
export function readVariable(name: string, option: Option): Option {
  return process.env[name] === '' ? option : option.env(name)
}

/** As many as `loadDetector` takes where nothing else is said. */
export function defaultThreads(): number {
  return Math.min(DEFAULT_LOAD_OPTIONS.threads, availableParallelism())
}

function parseThreads(text: string, cores: number): number {
  const threads = Number(text)
  if (/^\d+$/.test(text) && threads >= 1 && threads <= cores) return threads
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${cores}, the cores of this machine.`)
}

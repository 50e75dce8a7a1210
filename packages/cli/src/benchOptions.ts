import { BASE_FINISHED_FROM, SEED } from '@turnwise/bench/defaults'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { App } from './app.js'
import { addLoadingOptions, defaultThreads, type LoadingOptions, readVariable } from './loadingOptions.js'

/** What the commands of `turnwise bench` that ask systems are told about them. */
export interface BenchSystemOptions extends LoadingOptions {
  readonly also?: readonly string[]
  readonly base?: string
  readonly baseFrom?: number
  readonly remote?: readonly string[]
  readonly rules: boolean
}

/** What every command that measures is told. */
export interface BenchRunOptions {
  readonly seed: number
  readonly out: string
}

/** What those commands are told in all. */
export interface AskingOptions extends BenchSystemOptions, BenchRunOptions {
  readonly fresh?: true
}

/** Adds `--model`, `--also`, `--base`, `--remote` and their like. */
export function addSystemOptions(command: Command): Command {
  return addLoadingOptions(command)
    .option('--also <models...>', 'further models, of ours or of the published form, in the same run')
    .option('--base <folder>', "the untouched base's folder: its final punctuation is a baseline")
    .option(
      '--base-from <probability>',
      `from which probability of an end on it is one (default: ${BASE_FINISHED_FROM})`,
      parseShare,
    )
    .option('--remote <addresses...>', 'systems that answer over HTTP; TURNWISE_REMOTE_TOKEN is sent')
    .option('--no-rules', 'without the rules')
}

/** Adds `--fresh`. */
export function addFreshOption(command: Command): Command {
  return command.option('--fresh', 'begin anew, and drop what earlier runs have kept')
}

/** Adds `--data-dir`. */
export function addDataOption(command: Command): Command {
  return command.addOption(
    readVariable('TURNWISE_DATA', new Option('--data-dir <folder>', 'the folder with the data that is not ours')),
  )
}

/** Adds `--seed` and `--out`. */
export function addRunOptions(command: Command, out: string): Command {
  return command
    .option('--seed <number>', 'of everything drawn by chance', parseCount, SEED)
    .option('--out <file>', 'where the result goes', out)
}

/** The systems that the options choose. */
export function systemChoiceOf({ terminal }: App, options: BenchSystemOptions) {
  const { model, also = [], threads = defaultThreads(), runtime, rules, base, baseFrom, remote = [] } = options
  const remoteToken = terminal.environment.TURNWISE_REMOTE_TOKEN || undefined
  const systems = { rules, base, baseFinishedFrom: baseFrom, remotes: remote, remoteToken }
  return { models: [model, ...also], threads, runtime, ...systems }
}

/** @throws InvalidArgumentError */
export function parseCount(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count
  throw new InvalidArgumentError('Expected a whole number.')
}

/** @throws InvalidArgumentError */
export function parsePositive(text: string): number {
  const count = parseCount(text)
  if (count > 0) return count
  throw new InvalidArgumentError('Expected a whole number from 1.')
}

function parseShare(text: string): number {
  const share = Number(text)
  if (text.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('Expected a number from 0 to 1.')
}

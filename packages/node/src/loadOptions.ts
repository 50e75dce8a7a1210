import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { checkOption, type DownloadProgress, isWhole, type ModelObserver } from '@turnwise/core/runtime'
import { defaultCacheFolder } from './cacheFolder.js'

/** What can run a model. */
export const RUNTIMES = ['native', 'onnx'] as const
export type Runtime = (typeof RUNTIMES)[number]

/** What may be asked for. */
export const RUNTIME_CHOICES = ['auto', ...RUNTIMES] as const
export type RuntimeChoice = (typeof RUNTIME_CHOICES)[number]

/** Options of `loadDetector`. An option goes before its environment variable, that before the default. */
export interface LoadOptions {
  /** A model folder, or a hub id `owner/name` or `owner/name@revision`. Default: the bundled model. */
  readonly model?: string | undefined
  /** Threads that share the work of a decision. Default: 2, or the cores there are. */
  readonly threads?: number | undefined
  /**
   * What runs the model. `native`: the one of this project, several times as fast, for x86-64 with AVX2, arm64 with
   * SDOT, and models of the fused form. `onnx`: ONNX Runtime, for every model and platform. Default: `auto`, the native
   * one where it can.
   */
  readonly runtime?: RuntimeChoice | undefined
  /**
   * Whether ONNX Runtime's threads wait awake for their next piece of a decision: some 15% faster where the cores have
   * nothing else to do, twice as slow where they have. The native runtime ignores it. Default: false.
   */
  readonly spinning?: boolean | undefined
  /**
   * The most memory, in bytes, for what sessions keep of their conversations, all together. A session whose share was
   * given to others computes it again. Default: 256 MiB.
   */
  readonly maxCacheBytes?: number | undefined
  /** When so many requests wait for the model, more are refused as OVERLOADED. Default: 1,024. */
  readonly maxQueuedRequests?: number | undefined
  /** Where models from the hub are kept. `TURNWISE_CACHE`; default: a folder of the system's user cache. */
  readonly cacheDir?: string | undefined
  /** Never use the network. `HF_HUB_OFFLINE=1`; default: false. */
  readonly offline?: boolean | undefined
  /** The address of the model hub. `HF_ENDPOINT`; default: https://huggingface.co. */
  readonly hubEndpoint?: string | undefined
  /** A token for private models of the hub. `HF_TOKEN`. */
  readonly hubToken?: string | undefined
  /** Is told of each run of the model: counts and times, for metrics. */
  readonly observer?: ModelObserver | undefined
  /** Called as a download goes on. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Ends a download or the loading. A partial download is kept and goes on the next time. */
  readonly signal?: AbortSignal | undefined
}

/** The defaults of {@link LoadOptions} that are the same on every machine. */
export const DEFAULT_LOAD_OPTIONS = {
  threads: 2,
  runtime: 'auto',
  spinning: false,
  maxCacheBytes: 2 ** 28,
  maxQueuedRequests: 1024,
  offline: false,
  hubEndpoint: 'https://huggingface.co',
} as const

/** {@link LoadOptions} with every default in place. */
export interface ResolvedLoadOptions {
  readonly model: string | undefined
  readonly threads: number
  readonly runtime: RuntimeChoice
  readonly spinning: boolean
  readonly maxCacheBytes: number
  readonly maxQueuedRequests: number
  readonly cacheDir: string
  readonly offline: boolean
  readonly hubEndpoint: string
  readonly hubToken: string | undefined
  readonly observer: ModelObserver | undefined
  readonly onProgress: (progress: DownloadProgress) => void
  readonly signal: AbortSignal | undefined
}

/**
 * Puts options, environment and defaults together.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function resolveLoadOptions(
  options: LoadOptions,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ResolvedLoadOptions {
  const cores = availableParallelism()
  const { threads = Math.min(DEFAULT_LOAD_OPTIONS.threads, cores), spinning = DEFAULT_LOAD_OPTIONS.spinning } = options
  const { runtime = DEFAULT_LOAD_OPTIONS.runtime, maxCacheBytes = DEFAULT_LOAD_OPTIONS.maxCacheBytes } = options
  const { maxQueuedRequests = DEFAULT_LOAD_OPTIONS.maxQueuedRequests } = options
  const offline = options.offline ?? isOn(environment.HF_HUB_OFFLINE)
  const cacheDir = options.cacheDir ?? nonEmpty(environment.TURNWISE_CACHE) ?? defaultCacheFolder(environment)
  const endpoint = options.hubEndpoint ?? nonEmpty(environment.HF_ENDPOINT) ?? DEFAULT_LOAD_OPTIONS.hubEndpoint
  checkOption('model', options.model, options.model === undefined || isText(options.model), 'a folder or a hub id')
  checkOption('threads', threads, isWhole(threads, 1, cores), `1 to ${cores}, the cores`)
  checkOption('spinning', spinning, typeof spinning === 'boolean', 'true or false')
  checkOption('runtime', runtime, RUNTIME_CHOICES.includes(runtime), RUNTIME_CHOICES.join(', '))
  checkOption('maxCacheBytes', maxCacheBytes, isWhole(maxCacheBytes, 0), '0 or more bytes')
  checkOption('maxQueuedRequests', maxQueuedRequests, isWhole(maxQueuedRequests, 1), '1 or more')
  checkOption('cacheDir', cacheDir, isText(cacheDir), 'a folder')
  checkOption('offline', offline, typeof offline === 'boolean', 'true or false')
  const isAddress = isText(endpoint) && /^https?:\/\/[^/]/.test(endpoint)
  checkOption('hubEndpoint', endpoint, isAddress, 'an http or https address')
  return {
    model: options.model,
    threads,
    runtime,
    spinning,
    maxCacheBytes,
    maxQueuedRequests,
    cacheDir: resolve(cacheDir),
    offline,
    hubEndpoint: endpoint.replace(/\/+$/, ''),
    hubToken: options.hubToken ?? nonEmpty(environment.HF_TOKEN),
    observer: options.observer,
    onProgress: options.onProgress ?? (() => undefined),
    signal: options.signal,
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ['1', 'true', 'yes', 'on'].includes(value.toLowerCase())
}

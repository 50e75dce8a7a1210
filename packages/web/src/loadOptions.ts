import { checkOption, type DownloadProgress, isWhole } from '@turnwise/core/runtime'
import { EXECUTION_CHOICES, type ExecutionChoice } from './execution.js'
import { createModelWorker } from './startWorker.js'

/** Options of `loadDetector`. */
export interface LoadOptions {
  /**
   * The address of a model folder, the one that holds turnwise.json; relative to the page, such as '/models/en/'. Or its
   * files, as the user has chosen them with `<input type="file" webkitdirectory>`.
   */
  readonly model: string | URL | readonly File[]
  /**
   * What computes. 'auto' measures WebAssembly and, where the browser and the model have it, WebGPU, and takes the faster
   * one if their answers agree; it never fails for want of WebGPU. Default: 'auto'.
   */
  readonly execution?: ExecutionChoice | undefined
  /**
   * Threads that share the work of a decision in WebAssembly. Default: half of the processor's, from 2 to 4, on a page that is
   * cross-origin isolated; 1 on any other, where browsers allow no more.
   */
  readonly threads?: number | undefined
  /**
   * The most memory, in bytes, for what sessions keep of their conversations, all together. A session whose share was
   * given to others computes it again. Default: 64 MiB.
   */
  readonly maxCacheBytes?: number | undefined
  /** When so many requests wait for the model, more are refused as OVERLOADED. Default: 1,024. */
  readonly maxQueuedRequests?: number | undefined
  /** Starts the worker, '@turnwise/web/worker', where the bundler does not find it by itself. */
  readonly createWorker?: (() => Worker) | undefined
  /** Called as a download goes on; not at all if the browser has the files already. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined
  /** Ends a download or the loading. */
  readonly signal?: AbortSignal | undefined
}

/** The defaults of {@link LoadOptions} that are the same in every browser. */
export const DEFAULT_LOAD_OPTIONS = {
  execution: 'auto',
  maxCacheBytes: 2 ** 26,
  maxQueuedRequests: 1024,
} as const

/** {@link LoadOptions} with every default in place. */
export interface ResolvedLoadOptions {
  /** The address is absolute, with a slash at its end. */
  readonly model: string | readonly File[]
  readonly execution: ExecutionChoice
  readonly threads: number
  readonly maxCacheBytes: number
  readonly maxQueuedRequests: number
  readonly createWorker: () => Worker
  readonly onProgress: (progress: DownloadProgress) => void
  readonly signal: AbortSignal | undefined
}

/** What the browser allows. */
export interface BrowserLimits {
  /** The address that others are relative to. */
  readonly baseUrl: string
  readonly cores: number
  readonly isIsolated: boolean
}

/** Half of the processor's, within these: the page and the call need some too, and more than four gain little. */
const THREADS = { fewest: 2, most: 4 }

/**
 * Puts options and defaults together.
 *
 * @throws TurnwiseError INVALID_OPTION
 */
export function resolveLoadOptions(options: LoadOptions, limits: BrowserLimits = browserLimits()): ResolvedLoadOptions {
  const most = limits.isIsolated ? limits.cores : 1
  const half = Math.max(THREADS.fewest, Math.min(THREADS.most, Math.floor(limits.cores / 2)))
  const { execution = DEFAULT_LOAD_OPTIONS.execution, threads = Math.min(most, half) } = options
  const { maxCacheBytes = DEFAULT_LOAD_OPTIONS.maxCacheBytes, createWorker = createModelWorker } = options
  const { maxQueuedRequests = DEFAULT_LOAD_OPTIONS.maxQueuedRequests } = options
  const reason = limits.isIsolated ? 'the cores' : 'since the page is not cross-origin isolated'
  checkOption('execution', execution, EXECUTION_CHOICES.includes(execution), EXECUTION_CHOICES.join(', '))
  checkOption('threads', threads, isWhole(threads, 1, most), `1 to ${most}, ${reason}`)
  checkOption('maxCacheBytes', maxCacheBytes, isWhole(maxCacheBytes, 0), '0 or more bytes')
  checkOption('maxQueuedRequests', maxQueuedRequests, isWhole(maxQueuedRequests, 1), '1 or more')
  return {
    model: resolveModel(options.model, limits.baseUrl),
    execution,
    threads,
    maxCacheBytes,
    maxQueuedRequests,
    createWorker,
    onProgress: options.onProgress ?? (() => undefined),
    signal: options.signal,
  }
}

function browserLimits(): BrowserLimits {
  return { baseUrl: document.baseURI, cores: navigator.hardwareConcurrency, isIsolated: crossOriginIsolated }
}

function resolveModel(model: unknown, baseUrl: string): string | readonly File[] {
  if (Array.isArray(model) && model.every((file) => file instanceof File)) return model
  const isText = (typeof model === 'string' && model !== '') || model instanceof URL
  const url = isText && URL.canParse(model, baseUrl) ? new URL(model, baseUrl) : undefined
  checkOption(
    'model',
    model,
    /^https?:$/.test(url?.protocol ?? ''),
    'the http or https address of a model folder, or its files',
  )
  return `${url?.origin}${url?.pathname.replace(/\/*$/, '/')}`
}

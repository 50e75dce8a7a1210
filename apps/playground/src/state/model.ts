import { type ReadonlySignal, signal } from '@preact/signals'
import {
  type DownloadProgress,
  type ExecutionChoice,
  type LoadOptions,
  TurnwiseError,
  type WebDetector,
} from '@turnwise/web'

/** How far a model is. */
export type ModelStatus =
  | { readonly kind: 'none' }
  | { readonly kind: 'loading'; readonly progress: DownloadProgress | undefined }
  | { readonly kind: 'ready'; readonly detector: WebDetector }
  | ({ readonly kind: 'failed' } & Failure)

/** Why a model cannot be used. */
export interface Failure {
  readonly code: string
  readonly problem: string
  readonly remedy: string
}

/** A model of the page. */
export interface Model {
  readonly status: ReadonlySignal<ModelStatus>
  /** What it was asked to run on. */
  readonly execution: ReadonlySignal<ExecutionChoice>
  /** Loads one, instead of the one that is being loaded. Never fails: {@link status} tells. */
  load(source: LoadOptions['model'], execution?: ExecutionChoice): Promise<void>
  /** Ends the loading, and forgets what went wrong. */
  cancel(): void
}

/** @param loadDetector that of `@turnwise/web` */
export function createModel(loadDetector: (options: LoadOptions) => Promise<WebDetector>): Model {
  const status = signal<ModelStatus>({ kind: 'none' })
  const asked = signal<ExecutionChoice>('auto')
  let loading = new AbortController()

  return {
    status,
    execution: asked,
    cancel() {
      loading.abort()
      if (status.value.kind !== 'ready') status.value = { kind: 'none' }
    },
    async load(model, execution = asked.value) {
      asked.value = execution
      loading.abort()
      loading = new AbortController()
      const { signal } = loading
      const tell = (next: ModelStatus) => {
        if (!signal.aborted) status.value = next
      }
      tell({ kind: 'loading', progress: undefined })
      try {
        const onProgress = (progress: DownloadProgress) => tell({ kind: 'loading', progress })
        const detector = await loadDetector({ model, execution, signal, onProgress })
        tell({ kind: 'ready', detector })
      } catch (error) {
        tell({ kind: 'failed', ...describeFailure(error) })
      }
    },
  }
}

function describeFailure(error: unknown): Failure {
  if (error instanceof TurnwiseError) return { code: error.code, problem: error.problem, remedy: error.remedy }
  return { code: 'UNEXPECTED', problem: 'Something unexpected happened.', remedy: 'Load the page again.' }
}

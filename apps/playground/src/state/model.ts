import { type ReadonlySignal, signal } from '@preact/signals'
import { type DownloadProgress, TurnwiseError, type WebDetector } from '@turnwise/web'

/** How far the model is. */
export type ModelStatus =
  | { readonly kind: 'loading'; readonly progress: DownloadProgress | undefined }
  | { readonly kind: 'ready'; readonly detector: WebDetector }
  | { readonly kind: 'failed'; readonly code: string; readonly problem: string; readonly remedy: string }

/** The model behind the page. */
export interface Model {
  readonly status: ReadonlySignal<ModelStatus>
  /** Loads it, or tries again. Never fails: {@link status} tells. */
  load(): Promise<void>
}

export function createModel(open: (onProgress: (progress: DownloadProgress) => void) => Promise<WebDetector>): Model {
  const status = signal<ModelStatus>({ kind: 'loading', progress: undefined })
  return {
    status,
    async load() {
      status.value = { kind: 'loading', progress: undefined }
      try {
        const detector = await open((progress) => {
          status.value = { kind: 'loading', progress }
        })
        status.value = { kind: 'ready', detector }
      } catch (error) {
        status.value = failureOf(error)
      }
    },
  }
}

function failureOf(error: unknown): ModelStatus {
  if (error instanceof TurnwiseError) {
    return { kind: 'failed', code: error.code, problem: error.problem, remedy: error.remedy }
  }
  const problem = 'Something unexpected happened.'
  return { kind: 'failed', code: 'UNEXPECTED', problem, remedy: 'Load the page again.' }
}

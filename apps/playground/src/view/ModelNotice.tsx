import type { DownloadProgress } from '@turnwise/web'
import type { Failure, ModelStatus } from '../state/model.js'

interface ModelNoticeProps {
  readonly status: ModelStatus
  onRetry(): void
}

/** What the model of the page is doing, while it is not there. */
export function ModelNotice({ status, onRetry }: ModelNoticeProps) {
  if (status.kind === 'failed') {
    return (
      <div class="invitation" role="alert">
        <p class="large failed">
          {status.code === 'MODEL_UNREACHABLE' ? 'The model cannot be reached' : 'The model cannot be used'}
        </p>
        <ModelFailure failure={status} />
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    )
  }
  const isDownloading = downloadOf(status) !== undefined
  return (
    <div class="invitation" aria-live="polite">
      <p class="large">{isDownloading ? 'Fetching the model, once' : 'Waking the model'}</p>
      <ModelProgress status={status} />
      <p>
        {isDownloading
          ? 'It stays in this browser, and runs on your device.'
          : 'It runs on your device. Nothing that you type leaves this page.'}
      </p>
    </div>
  )
}

/** What is being downloaded; once all of it has come, the model is only waking. */
function downloadOf(status: ModelStatus): DownloadProgress | undefined {
  const progress = status.kind === 'loading' ? status.progress : undefined
  return progress !== undefined && progress.receivedBytes < progress.totalBytes ? progress : undefined
}

/** How much of a model is there. */
export function ModelProgress({ status }: { readonly status: ModelStatus }) {
  const progress = downloadOf(status)
  const megabytes = (sizeBytes: number) => Math.round(sizeBytes / 1e6)
  // Without a value the bar only says that there is something to wait for: what is read from disk tells no progress.
  return progress === undefined ? (
    <progress aria-label="Loading" />
  ) : (
    <>
      <progress aria-label="Download" max={progress.totalBytes} value={progress.receivedBytes} />
      <p>
        {megabytes(progress.receivedBytes)} of {megabytes(progress.totalBytes)} MB
      </p>
    </>
  )
}

/** Why a model cannot be used, and what to do. */
export function ModelFailure({ failure: { problem, remedy, code } }: { readonly failure: Failure }) {
  return (
    <>
      <p>{problem}</p>
      <p>{remedy}</p>
      <p>
        <code>{code}</code>
      </p>
    </>
  )
}

import type { Model, ModelStatus } from '../state/model.js'

/** What the model is doing, while it is not there. */
export function ModelNotice({ model }: { readonly model: Model }) {
  const status = model.status.value
  if (status.kind === 'ready') return null
  if (status.kind === 'failed') {
    return (
      <div class="notice-card" role="alert">
        <h2>The model cannot be used</h2>
        <p>{status.problem}</p>
        <p>{status.remedy}</p>
        <p>
          <code>{status.code}</code>
        </p>
        <button type="button" onClick={() => void model.load()}>
          Try again
        </button>
      </div>
    )
  }
  return <Loading progress={status.progress} />
}

function Loading({ progress }: Pick<Extract<ModelStatus, { kind: 'loading' }>, 'progress'>) {
  const megabytes = (sizeBytes: number) => Math.round(sizeBytes / 1e6)
  const isDownloading = progress !== undefined && progress.receivedBytes < progress.totalBytes
  return (
    <div class="notice-card" aria-live="polite">
      <h2>{isDownloading ? 'Fetching the model, once' : 'Waking the model'}</h2>
      {isDownloading ? (
        <>
          <progress aria-label="Download" max={progress.totalBytes} value={progress.receivedBytes} />
          <p>
            {megabytes(progress.receivedBytes)} of {megabytes(progress.totalBytes)} MB. It stays in this browser, and
            runs on your device.
          </p>
        </>
      ) : (
        <p>It runs on your device. Nothing that you say leaves this page.</p>
      )}
    </div>
  )
}

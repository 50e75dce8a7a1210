import type { DownloadProgress, LoadOptions, NodeDetector } from 'turnwise'
import type { App } from './app.js'
import { createDownloadBar } from './downloadBar.js'
import type { LoadingOptions } from './loadingOptions.js'

/** A detector, and how long it took to get it. */
export interface LoadedModel {
  readonly detector: NodeDetector
  readonly loadMs: number
}

/** Loads the model that the options name; a download shows its progress. */
export async function loadModel(
  app: App,
  { model, threads, runtime }: LoadingOptions,
  more: LoadOptions = {},
): Promise<LoadedModel> {
  const startMs = performance.now()
  const options = { ...more, model, threads, runtime }
  const detector = await withProgress(app, (onProgress) => app.loadDetector({ ...options, onProgress }))
  return { detector, loadMs: performance.now() - startMs }
}

/** Runs a task that may download; the bar begins with the first byte and is gone at the end. */
export async function withProgress<Result>(
  app: App,
  task: (onProgress: (progress: DownloadProgress) => void) => Promise<Result>,
): Promise<Result> {
  const bar = createDownloadBar(app.terminal.errors)
  try {
    return await task((progress) => bar.update(progress))
  } finally {
    bar.stop()
  }
}

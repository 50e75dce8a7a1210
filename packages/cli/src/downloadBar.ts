import { Presets, SingleBar } from 'cli-progress'
import type { DownloadProgress } from 'turnwise'
import { formatBytes } from './render/formatBytes.js'
import type { Output } from './terminal.js'

/** Shows how far a download is. */
export interface DownloadBar {
  update(progress: DownloadProgress): void
  /** Ends the bar. May be called without a beginning. */
  stop(): void
}

/** A line is written every so many percent where no bar can be drawn. */
const LINE_STEP_PERCENT = 10

/** Less is there before one has read the line; the manifest, which comes first and alone, is less. */
const MIN_LINE_BYTES = 1_000_000

/** A bar on a terminal; in a file or a pipe a line now and then. */
export function createDownloadBar(stream: Output): DownloadBar {
  return stream.isTTY === true ? createDrawnBar(stream) : createLines(stream)
}

function createDrawnBar(stream: Output): DownloadBar {
  let bar: SingleBar | undefined
  return {
    update({ model, fileName, receivedBytes, totalBytes }) {
      const payload = { fileName, received: formatBytes(receivedBytes), all: formatBytes(totalBytes) }
      if (bar === undefined) {
        const format = `${model} {bar} {percentage}% {received} of {all}, {eta_formatted} left  {fileName}`
        bar = new SingleBar({ stream, format, linewrap: false, etaBuffer: 100 }, Presets.shades_classic)
        bar.start(totalBytes, receivedBytes, payload)
      }
      bar.setTotal(totalBytes)
      bar.update(receivedBytes, payload)
    },
    stop: () => bar?.stop(),
  }
}

function createLines(stream: Output): DownloadBar {
  let lastStep = -1
  return {
    update({ model, receivedBytes, totalBytes }) {
      if (totalBytes < MIN_LINE_BYTES) return
      const percent = Math.floor((receivedBytes / totalBytes) * 100)
      const step = Math.floor(percent / LINE_STEP_PERCENT)
      if (step <= lastStep) return
      lastStep = step
      stream.write(`${model}: ${percent}% of ${formatBytes(totalBytes)}\n`)
    },
    stop: () => undefined,
  }
}

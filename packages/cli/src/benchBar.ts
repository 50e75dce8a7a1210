import cliProgress, { Presets, SingleBar, type TimeFormatter } from 'cli-progress'
import type { Output } from './terminal.js'

/** Shows how far a benchmark is. */
export interface BenchBar {
  /** @param task what is being done; another one starts anew */
  update(task: string, done: number, total: number): void
  /** Leaves the terminal as it was; what is shown after that is not. */
  stop(): void
}

/** How long it still takes, where that is known: until then cli-progress has texts such as INF. */
const formatTime: TimeFormatter = (seconds, options, multipleOf) => {
  return Number.isInteger(seconds) && seconds > 0
    ? `, ${cliProgress.Format.TimeFormat(seconds, options, multipleOf)} left`
    : ''
}

/** A bar on a terminal; in a file or a pipe a line when a task is done. */
export function createBenchBar(stream: Output): BenchBar {
  let bar: SingleBar | undefined
  let current: string | undefined
  let isStopped = false
  const isDrawn = stream.isTTY === true

  function begin(task: string, done: number, total: number): void {
    bar?.stop()
    current = task
    if (!isDrawn) return
    const format = '{bar} {value} of {total}{eta_formatted}  {task}'
    bar = new SingleBar(
      { stream, format, formatTime, linewrap: false, etaBuffer: 50, barsize: 24 },
      Presets.shades_classic,
    )
    bar.start(total, done, { task })
  }

  return {
    update(task, done, total) {
      if (isStopped) return
      if (task !== current) begin(task, done, total)
      bar?.update(done)
      if (!isDrawn && done === total) stream.write(`${task}: ${total}\n`)
    },
    stop() {
      isStopped = true
      bar?.stop()
    },
  }
}

import type { ModelObserver } from '@turnwise/core/runtime'
import { Counter, Gauge, Histogram, type Metric } from 'prom-client'
import { SECONDS } from './metrics.js'

/** What the model does: `loadDetector` is given the observer, the server the metrics. */
export interface ModelMetrics {
  readonly observer: ModelObserver
  /** For `GET /metrics` of one server. */
  readonly metrics: readonly Metric[]
}

/** No run has more rows than the last. */
const ROWS = [1, 2, 4, 8, 16, 32, 64]

export function createModelMetrics(): ModelMetrics {
  // Of no registry yet: the server has its own.
  const registers: [] = []
  const waitSeconds = new Histogram({
    name: 'turnwise_model_wait_seconds',
    help: 'Time that conversations waited for the run they were in.',
    buckets: SECONDS,
    registers,
  })
  const runSeconds = new Histogram({
    name: 'turnwise_model_run_seconds',
    help: 'Time of a run of the model.',
    buckets: SECONDS,
    registers,
  })
  const rows = new Histogram({
    name: 'turnwise_batch_rows',
    help: 'Conversations that shared a run.',
    buckets: ROWS,
    registers,
  })
  const run = new Counter({ name: 'turnwise_tokens_run_total', help: 'Tokens that the model ran.', registers })
  const reused = new Counter({
    name: 'turnwise_tokens_reused_total',
    help: 'Tokens that were computed before and not run again.',
    registers,
  })
  const cacheBytes = new Gauge({
    name: 'turnwise_cache_bytes',
    help: 'Memory of what is kept of conversations.',
    registers,
  })
  return {
    metrics: [waitSeconds, runSeconds, rows, run, reused, cacheBytes],
    observer: {
      onRun({ waitedMs, ranMs, tokensRun, tokensReused }) {
        for (const each of waitedMs) waitSeconds.observe(each / 1000)
        runSeconds.observe(ranMs / 1000)
        rows.observe(waitedMs.length)
        run.inc(tokensRun)
        reused.inc(tokensReused)
      },
      onCacheChange: (bytes) => cacheBytes.inc(bytes),
    },
  }
}

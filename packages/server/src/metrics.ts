import type { Decision } from '@turnwise/core'
import { Counter, collectDefaultMetrics, Gauge, Histogram, type Metric, Registry } from 'prom-client'

/** Which part of the server asked for a decision. */
export type MetricSource = 'predict' | 'session' | 'stream' | 'vapi' | 'infer'

/** What the server counts, for `GET /metrics`. */
export interface Metrics {
  readonly registry: Registry
  readonly requestSeconds: Histogram<'route' | 'status'>
  readonly queueSeconds: Histogram
  readonly decisionSeconds: Histogram<'source'>
  readonly refusals: Counter<'code'>
  readonly superseded: Counter
  readonly streams: Gauge
  /** To be told of each decision. */
  countDecision(source: MetricSource, decision: Decision): void
}

/** What is read when the metrics are asked for. */
export interface MeasuredState {
  readonly running: number
  readonly waiting: number
  readonly sessions: number
}

/** A decision takes 5 to 20 ms; the wire adds about one. */
export const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1, 2, 5, 10]

/**
 * @param state read when the metrics are asked for
 * @param others counted elsewhere
 */
export function createMetrics(state: () => MeasuredState, others: readonly Metric[] = []): Metrics {
  const registry = new Registry()
  const registers = [registry]
  for (const metric of others) registry.registerMetric(metric)
  collectDefaultMetrics({ register: registry, prefix: 'turnwise_' })

  function addGauge(name: string, help: string, value: (state: MeasuredState) => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value(state()))
      },
    })
  }

  function createHistogram<Label extends string>(name: string, help: string, labelNames: Label[]): Histogram<Label> {
    return new Histogram({ name, help, labelNames, registers, buckets: SECONDS })
  }

  addGauge('turnwise_queue_running', 'Requests that are with the model.', ({ running }) => running)
  addGauge('turnwise_queue_waiting', 'Requests that wait for it.', ({ waiting }) => waiting)
  addGauge('turnwise_sessions_open', 'Open sessions.', ({ sessions }) => sessions)
  const actions = new Counter({
    name: 'turnwise_decisions_total',
    help: 'Decisions.',
    labelNames: ['source', 'action'],
    registers,
  })
  return {
    registry,
    requestSeconds: createHistogram('turnwise_request_seconds', 'Time from request to answer.', ['route', 'status']),
    queueSeconds: createHistogram('turnwise_queue_seconds', 'Time that requests waited for the model.', []),
    decisionSeconds: createHistogram('turnwise_decision_seconds', 'Time from asking the model to its decision.', [
      'source',
    ]),
    refusals: new Counter({ name: 'turnwise_errors_total', help: 'Errors answered.', labelNames: ['code'], registers }),
    superseded: new Counter({
      name: 'turnwise_superseded_total',
      help: 'Updates that a newer one replaced.',
      registers,
    }),
    streams: new Gauge({ name: 'turnwise_streams_open', help: 'Open streams.', registers }),
    countDecision: (source, { action }) => actions.inc({ source, action }),
  }
}

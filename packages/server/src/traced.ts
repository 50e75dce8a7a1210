import { type Attributes, SpanStatusCode, trace } from '@opentelemetry/api'
import { toTurnwiseError } from './describeError.js'

/**
 * Runs a task as a span of OpenTelemetry. Without an SDK in the process, which whoever wants traces loads with
 * `node --import`, it costs nothing. Of an error only the code gets into the span.
 */
export function traced<Result>(name: string, attributes: Attributes, task: () => Promise<Result>): Promise<Result> {
  return trace.getTracer('@turnwise/server').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await task()
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: toTurnwiseError(error).code })
      throw error
    } finally {
      span.end()
    }
  })
}

import type { FastifyServerOptions } from 'fastify'
import type { App, ServerContext } from './context.js'
import type { Settings } from './settings.js'

/** Where the log goes. */
export interface LogStream {
  /** Takes a line of JSON. */
  write(line: string): void
}

/**
 * The log: JSON lines. Nothing of a request gets into it but its endpoint, and nothing of an error but where it
 * happened: messages of other libraries may quote what was said.
 */
export function loggerOptions(
  { logLevel }: Settings,
  stream: LogStream | undefined,
): NonNullable<FastifyServerOptions['logger']> {
  return {
    level: logLevel,
    base: null,
    ...(stream === undefined ? {} : { stream }),
    serializers: {
      req: () => ({}),
      res: () => ({}),
      err: (error: Error) => ({ ...describeError(error), type: error.name, message: '', stack: placesOf(error) }),
    },
  }
}

/** Writes a line and counts the time for each answer. */
export function addRequestLog(app: App, { metrics }: ServerContext): void {
  app.addHook('onResponse', async (request, reply) => {
    const { method, owner, routeOptions } = request
    const route = routeOptions.url ?? 'unknown'
    const { statusCode: status, elapsedTime } = reply
    metrics.requestSeconds.observe({ route, status }, elapsedTime / 1000)
    request.log.info({ method, route, status, owner, elapsedMs: Math.round(elapsedTime * 100) / 100 }, 'answered')
  })
}

function describeError(error: Error): object {
  return 'code' in error ? { code: error.code } : {}
}

/** The stack without its first lines, that repeat the message, and with the stack of the cause. */
function placesOf(error: Error): string {
  const places = (error.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  const cause = error.cause instanceof Error ? `\n${error.cause.name}\n${placesOf(error.cause)}` : ''
  return `${places.join('\n')}${cause}`
}

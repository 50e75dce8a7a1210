import type { Server as TlsServer } from 'node:https'
import { type Detector, TurnwiseError } from '@turnwise/core'
import { isLoopback } from './checkHost.js'
import { createServer } from './createServer.js'
import { loadCertificate } from './loadCertificate.js'
import { loadKeys } from './loadKeys.js'
import { loadResumeSecrets } from './loadResumeSecrets.js'
import type { LogStream } from './logging.js'
import type { ModelMetrics } from './modelMetrics.js'
import type { Playground } from './routes/playground.js'
import type { Settings } from './settings.js'
import { watchFiles } from './watchFiles.js'

/** Options of {@link startServer}. */
export interface StartOptions {
  /** Who decides. The server does not close it. */
  readonly detector: Detector
  readonly settings: Settings
  /** What the detector's model does, if that was loaded with their observer. */
  readonly modelMetrics?: ModelMetrics | undefined
  /** Served at /playground/. By default there is none. */
  readonly playground?: Playground | undefined
  /** Where the log goes; by default to stdout. */
  readonly log?: LogStream
  /** How often the files of keys, secrets and certificates are looked at, ms. Default: 2,000. */
  readonly watchMs?: number
}

/** A server that listens. */
export interface RunningServer {
  /** Where it is reached, such as http://127.0.0.1:8080. */
  readonly url: string
  /** As `close` of `createServer`'s. */
  close(drainMs?: number): Promise<void>
}

/**
 * Reads keys, secrets and certificate, listens, and follows their files as they change.
 *
 * @throws TurnwiseError UNSAFE_ADDRESS, ADDRESS_UNUSABLE, INPUT_UNREADABLE, INVALID_KEYS,
 *   INVALID_RESUME_SECRETS, INVALID_CERTIFICATE, PLAYGROUND_NOT_BUILT, MODEL_FILE_MISSING
 */
export async function startServer(options: StartOptions): Promise<RunningServer> {
  const { detector, settings, modelMetrics, playground, log, watchMs } = options
  let keys = await loadKeys(settings)
  let resumeSecrets = await loadResumeSecrets(settings)
  const certificate = await loadCertificate(settings)
  const { host, port, keysFile, resumeSecretsFile, tlsCertFile, tlsKeyFile } = settings
  if (keys.length === 0 && !isLoopback(host)) {
    throw new TurnwiseError('UNSAFE_ADDRESS', `${host} is reached from other machines, and there is no key.`, {
      value: host,
    })
  }
  const server = await createServer({
    detector,
    settings,
    modelMetrics,
    playground,
    keys: () => keys,
    ...(resumeSecrets.length > 0 ? { resumeSecrets: () => resumeSecrets } : {}),
    certificate,
    log,
  })
  const { app } = server

  async function reload(): Promise<void> {
    await readAgain(async () => {
      keys = await loadKeys(settings)
    })
    await readAgain(async () => {
      resumeSecrets = await loadResumeSecrets(settings)
    })
    await readAgain(async () => {
      const changed = await loadCertificate(settings)
      if (changed !== undefined) (app.server as unknown as TlsServer).setSecureContext(changed)
    })
    const inUse = { keys: keys.length, resumeSecrets: resumeSecrets.length }
    app.log.info(inUse, 'files of keys, secrets and certificate read again')
  }

  /** Where a file cannot be read, what was read of it before stays in use, and the others are read all the same. */
  async function readAgain(read: () => Promise<void>): Promise<void> {
    try {
      await read()
    } catch (error) {
      app.log.error(error)
    }
  }

  const address = await app.listen({ host, port }).catch(async (cause) => {
    await server.close(0)
    throw new TurnwiseError('ADDRESS_UNUSABLE', `${host} port ${port} cannot be used.`, { value: port, cause })
  })
  if (resumeSecrets.length === 0) app.log.info('no resume secret: no other process can go on with sessions of this one')
  const paths = [keysFile, resumeSecretsFile, tlsCertFile, tlsKeyFile].filter((path) => path !== undefined)
  const unwatch = watchFiles(paths, () => void reload(), watchMs)
  return {
    url: certificate === undefined ? address : address.replace(/^http:/, 'https:'),
    async close(drainMs) {
      unwatch()
      await server.close(drainMs)
    },
  }
}

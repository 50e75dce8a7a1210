import { isIPv4 } from 'node:net'
import { TurnwiseError } from '@turnwise/core'
import type { App, ServerContext } from './context.js'

/**
 * Refuses requests that mean another host. Anybody may have a name of his lead to this machine: to a browser his page and
 * this server are then the same origin, and only the name in the request tells them apart. Where there are keys the page
 * has none, so that names are looked at only if the settings say which there are.
 */
export function addHostCheck(app: App, { settings, keys }: ServerContext): void {
  const known = new Set([settings.host, ...settings.allowedHosts].map((name) => name.toLowerCase()))
  app.addHook('onRequest', async ({ headers: { host } }) => {
    const isChecked = keys().length === 0 || settings.allowedHosts.length > 0
    // Browsers always name the host.
    if (!isChecked || host === undefined) return
    const name = host
      .toLowerCase()
      .replace(/:\d*$/, '')
      .replace(/^\[(.*)\]$/, '$1')
    if (isLoopback(name) || known.has(name)) return
    throw new TurnwiseError('HOST_REFUSED', 'The request is for a host that is not known here.')
  })
}

/** Whether a name or address means this machine, whoever is asked about it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

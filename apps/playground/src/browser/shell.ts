/** The service worker's file, beside the page. */
const WORKER = 'serviceWorker.js'
/** The page does not wait longer for its service worker, ms. */
const PATIENCE_MS = 2000

/** Whether a service worker answers for this page already, as from the second visit on. */
export function isShellKept(): boolean {
  return 'serviceWorker' in navigator && navigator.serviceWorker.controller !== null
}

/**
 * Has the page work without a network from the next visit on, and in several threads where its host sends no headers
 * for them: a service worker answers with what was loaded before. Does nothing where there are none.
 */
export async function keepShell(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return
  try {
    const { serviceWorker } = navigator
    const controlled = new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve))
    // The main script's name holds its hash: a new build is a new worker, with a cache of its own.
    const build = new URL(import.meta.url).pathname.split('/').at(-1) ?? ''
    const registered = serviceWorker.register(`${WORKER}?build=${build}`)
    // From the second visit on it is there already: what it does about a new build is nothing to wait for.
    if (isShellKept()) {
      void registered.catch(() => undefined)
      return
    }
    await registered
    // What is loaded from here on, the weights' runtime too, goes through it.
    await Promise.race([controlled, new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))])
    void keepLoaded()
  } catch {
    // A page that works without a network is a gift, not a condition.
  }
}

/** Asks once more for what came before there was a worker, out of the browser's cache: it sees and keeps it. */
async function keepLoaded(): Promise<void> {
  const loaded = performance.getEntriesByType('resource').map(({ name }) => name)
  const own = loaded.filter((address) => address.startsWith(location.origin))
  await Promise.allSettled([location.pathname, ...own].map((address) => fetch(address)))
}

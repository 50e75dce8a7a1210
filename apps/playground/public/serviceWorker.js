/* Answers from what was loaded before. The weights are not its business: @turnwise/web keeps and checks them. */
const CACHE = `turnwise-shell-${new URL(location.href).searchParams.get('build')}`
/** Files whose name holds their hash never change. */
const UNCHANGING = /\/assets\//

addEventListener('install', () => {
  skipWaiting()
})

addEventListener('activate', (event) => {
  event.waitUntil(Promise.all([dropOldCaches(), clients.claim()]))
})

addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== location.origin || pathname.includes('/model/')) return
  event.respondWith(UNCHANGING.test(pathname) ? fromCache(request) : fromNetwork(request))
})

async function dropOldCaches() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => isOld(name)).map((name) => caches.delete(name)))
}

function isOld(name) {
  return name.startsWith('turnwise-shell-') && name !== CACHE
}

async function fromCache(request) {
  const cache = await caches.open(CACHE)
  const found = await cache.match(request, { ignoreSearch: true })
  return found === undefined ? keep(cache, request) : isolated(found)
}

/** What may have changed is asked for; without a network, what was there last. */
async function fromNetwork(request) {
  const cache = await caches.open(CACHE)
  try {
    return await keep(cache, request)
  } catch (error) {
    const found = await cache.match(request, { ignoreSearch: true })
    if (found === undefined) throw error
    return isolated(found)
  }
}

async function keep(cache, request) {
  const response = await fetch(request)
  if (response.ok) await cache.put(request, response.clone())
  return isolated(response)
}

/** With the headers that threads need, whatever the host sends. */
function isolated(response) {
  if (response.status === 0) return response
  const headers = new Headers(response.headers)
  headers.set('Cross-Origin-Opener-Policy', 'same-origin')
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp')
  headers.set('Cross-Origin-Resource-Policy', 'same-origin')
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers })
}

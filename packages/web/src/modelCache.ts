/** The name of the browser's cache that models are kept in. */
const CACHE_NAME = 'turnwise-models'

/** What has been downloaded, by address. */
export interface ModelCache {
  find(key: string): Promise<Response | undefined>
  /** Keeps a file if there is room: what cannot be kept is downloaded again the next time. */
  keep(key: string, body: string | Uint8Array<ArrayBuffer>): Promise<void>
  /** Forgets what is kept below an address, but for some keys. */
  forgetOthers(base: string, keys: readonly string[]): Promise<void>
}

/** The cache of this page's origin. Where the browser grants none, as in some private windows, nothing is kept. */
export async function openModelCache(): Promise<ModelCache> {
  const cache = await openCache()
  return {
    find: async (key) => cache?.match(key),
    async keep(key, body) {
      try {
        await cache?.put(key, new Response(body))
      } catch {
        // The storage is full or was taken away; the model runs all the same.
      }
    },
    async forgetOthers(base, keys) {
      const others = ((await cache?.keys()) ?? []).filter(({ url }) => url.startsWith(base) && !keys.includes(url))
      await Promise.all(others.map((request) => cache?.delete(request)))
    },
  }
}

async function openCache(): Promise<Cache | undefined> {
  try {
    return await caches.open(CACHE_NAME)
  } catch {
    return undefined
  }
}

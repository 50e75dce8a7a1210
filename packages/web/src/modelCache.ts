/** The name of the browser's cache that models are kept in. */
const CACHE_NAME = 'turnwise-models'

/** What has been downloaded, by address. */
export interface ModelCache {
  find(key: string): Promise<Response | undefined>
  /** Keeps a file if there is room: what cannot be kept is downloaded again the next time. */
  keep(key: string, body: string | Uint8Array<ArrayBuffer>): Promise<void>
  /** Forgets what nobody wants any more. */
  forget(isUnwanted: (key: string) => boolean): Promise<void>
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
    async forget(isUnwanted) {
      const unwanted = ((await cache?.keys()) ?? []).filter(({ url }) => isUnwanted(url))
      await Promise.all(unwanted.map((request) => cache?.delete(request)))
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

/** The name of the browser's cache that models are kept in. */
const CACHE_NAME = 'turnwise-models'

/**
 * What has been downloaded, by address. The storage may be full, or be taken away at any time: then nothing is found,
 * what cannot be kept is downloaded again the next time, and the model runs all the same.
 */
export interface ModelCache {
  find(key: string): Promise<Uint8Array<ArrayBuffer> | undefined>
  keep(key: string, body: string | Uint8Array<ArrayBuffer>): Promise<void>
  /** Forgets what nobody wants any more. */
  forget(isUnwanted: (key: string) => boolean): Promise<void>
}

/** The cache of this page's origin. Where the browser grants none, as in some private windows, nothing is kept. */
export async function openModelCache(): Promise<ModelCache> {
  const cache = await attempt(() => caches.open(CACHE_NAME))

  async function find(key: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const body = await (await cache?.match(key))?.arrayBuffer()
    return body && new Uint8Array(body)
  }

  async function forget(isUnwanted: (key: string) => boolean): Promise<void> {
    const unwanted = ((await cache?.keys()) ?? []).filter(({ url }) => isUnwanted(url))
    await Promise.all(unwanted.map((request) => cache?.delete(request)))
  }

  return {
    find: (key) => attempt(() => find(key)),
    keep: (key, body) => attempt(async () => cache?.put(key, new Response(body))),
    forget: (isUnwanted) => attempt(() => forget(isUnwanted)),
  }
}

async function attempt<Value>(task: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await task()
  } catch {
    return undefined
  }
}

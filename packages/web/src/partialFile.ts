import type { ModelCache } from './modelCache.js'

/** Small enough that little is lost, large enough to be few. */
const PART_BYTES = 2 ** 23

/** What there is of a file whose download was interrupted: its first parts, each an entry of the cache. */
export interface PartialFile {
  /**
   * Fills in what is there.
   *
   * @returns how many bytes
   */
  restore(bytes: Uint8Array<ArrayBuffer>): Promise<number>
  /** Keeps what is not kept yet of the first `receivedBytes`. */
  keep(bytes: Uint8Array<ArrayBuffer>, receivedBytes: number): Promise<void>
  forget(): Promise<void>
}

/** @param key that the whole file is kept by */
export function openPartialFile(cache: ModelCache, key: string, partBytes = PART_BYTES): PartialFile {
  const keyOf = (index: number) => `${key}&part=${index}`
  let kept = 0

  return {
    async restore(bytes) {
      for (let end = partBytes; end <= bytes.length; end += partBytes) {
        const part = await cache.find(keyOf(kept))
        if (part?.length !== partBytes) break
        bytes.set(part, kept * partBytes)
        kept += 1
      }
      return kept * partBytes
    },
    async keep(bytes, receivedBytes) {
      for (; (kept + 1) * partBytes <= receivedBytes; kept += 1) {
        await cache.keep(keyOf(kept), bytes.slice(kept * partBytes, (kept + 1) * partBytes))
      }
    },
    async forget() {
      kept = 0
      await cache.forget((other) => other.startsWith(`${key}&part=`))
    },
  }
}

/** A cache storage in memory, as far as it is used. */
export function createFakeCaches(): CacheStorage & { readonly entries: Map<string, Uint8Array<ArrayBuffer>> } {
  const entries = new Map<string, Uint8Array<ArrayBuffer>>()
  const cache = {
    async match(key: string) {
      const bytes = entries.get(key)
      return bytes === undefined ? undefined : new Response(bytes)
    },
    async put(key: string, response: Response) {
      entries.set(key, new Uint8Array(await response.arrayBuffer()))
    },
    async delete({ url }: Request) {
      return entries.delete(url)
    },
    async keys() {
      return [...entries.keys()].map((key) => new Request(key))
    },
  }
  return { entries, open: async () => cache } as unknown as ReturnType<typeof createFakeCaches>
}

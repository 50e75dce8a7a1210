import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** The JavaScript of a built site by file, compressed, bytes: the page's, its workers' and the runtime's. */
export async function scriptSizes(folder: string): Promise<Map<string, number>> {
  const files = await readdir(folder, { recursive: true })
  const scripts = files.filter((file) => /\.m?js$/.test(file))
  const sizes = scripts.map(async (file) => [file, gzipSync(await readFile(join(folder, file))).length] as const)
  return new Map(await Promise.all(sizes))
}

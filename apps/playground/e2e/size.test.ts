import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildSite } from './support/buildSite.js'

/** All of the JavaScript, compressed, bytes: the page's, its workers' and the runtime's. */
const MOST_BYTES = 250_000

let site: Awaited<ReturnType<typeof buildSite>>

beforeAll(async () => {
  site = await buildSite()
}, 60_000)
afterAll(() => site.remove())

test('the JavaScript is small', async () => {
  const files = await readdir(site.folder, { recursive: true })
  const scripts = files.filter((file) => /\.m?js$/.test(file))
  expect(scripts.length).toBeGreaterThanOrEqual(3)
  const sizes = await Promise.all(scripts.map(async (file) => gzipSync(await readFile(join(site.folder, file))).length))
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES)
})

test('the page has a strict policy, and nothing that it would forbid', async () => {
  const html = await readFile(join(site.folder, 'index.html'), 'utf8')
  expect(html).toMatch(/default-src 'none'.*connect-src 'self'/s)
  expect(html).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|<style|style=|\son\w+=|https?:\/\//)
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
})

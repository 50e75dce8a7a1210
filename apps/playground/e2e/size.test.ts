import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildSite } from './support/buildSite.js'
import { scriptSizes } from './support/scriptSizes.js'

/** All of the JavaScript, compressed, bytes. */
const MOST_BYTES = 250_000

let site: Awaited<ReturnType<typeof buildSite>>

beforeAll(async () => {
  site = await buildSite()
}, 60_000)
afterAll(() => site.remove())

test('the JavaScript is small', async () => {
  const sizes = await scriptSizes(site.folder)
  // The page's, the model's worker's, the service worker's.
  expect(sizes.size).toBeGreaterThanOrEqual(3)
  expect([...sizes.values()].reduce((sum, size) => sum + size, 0)).toBeLessThan(MOST_BYTES)
})

test('the page has a strict policy, and nothing that it would forbid', async () => {
  const html = await readFile(join(site.folder, 'index.html'), 'utf8')
  expect(html).toMatch(/default-src 'none'.*connect-src 'self'/s)
  expect(html).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|<style|style=|\son\w+=|https?:\/\//)
  expect(html).not.toMatch(/<script(?![^>]*\ssrc=)/)
})

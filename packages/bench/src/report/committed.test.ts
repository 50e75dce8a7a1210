import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { buildReport } from './buildReport.js'
import { readResults } from './readResults.js'
import { renderMarkdown } from './renderReport.js'

const ROOT = new URL('../../../../', import.meta.url)

test('docs/benchmarks.md is what `turnwise bench report` makes of results/', async () => {
  const page = await readFile(new URL('docs/benchmarks.md', ROOT), 'utf8')
  expect(renderMarkdown(buildReport(await readResults(fileURLToPath(new URL('results', ROOT)))))).toBe(page)
})

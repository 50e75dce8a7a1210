import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { BROKEN_MODEL, SECOND_MODEL } from './states.js'

/** Any model, a tiny random one by default. */
const TINY = fileURLToPath(new URL('../../../../fixtures/tiny/fused', import.meta.url))

/** Puts a second model beside a built page, and one whose tokenizer is not what turnwise.json says. */
export async function addModels(siteFolder: string, modelFolder = TINY): Promise<void> {
  await cp(modelFolder, join(siteFolder, SECOND_MODEL), { recursive: true })
  await cp(TINY, join(siteFolder, BROKEN_MODEL), { recursive: true })
  const tokenizer = join(siteFolder, BROKEN_MODEL, 'tokenizer.json')
  await writeFile(tokenizer, (await readFile(tokenizer, 'utf8')).replace('"version"', '"Version"'))
}

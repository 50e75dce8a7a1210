import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hashFiles } from './hashFiles.js'
import { temporaryFolder } from './test/temporaryFolder.js'

test.each([
  ['small', 10],
  ['large', 3_000_000],
])('hashes %s files in their order', async (_, sizeBytes) => {
  const folder = await temporaryFolder()
  const contents = [Buffer.alloc(sizeBytes, 'a'), Buffer.alloc(0), Buffer.alloc(20, 'b')]
  const jobs = contents.map((content, index) => ({
    path: join(folder, `${index}`),
    algorithm: index === 1 ? ('sha1' as const) : ('sha256' as const),
    prefix: index === 2 ? 'prefix' : '',
    content,
  }))
  for (const { path, content } of jobs) await writeFile(path, content)
  const expected = jobs.map(({ algorithm, prefix, content }) =>
    createHash(algorithm).update(prefix).update(content).digest('hex'),
  )
  expect(await hashFiles(jobs)).toEqual(expected)
  const missing = { path: join(folder, 'missing'), algorithm: 'sha256', prefix: '' } as const
  await expect(hashFiles([...jobs, missing])).rejects.toMatchObject({ code: 'ENOENT' })
})

import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'

const ROOT = new URL('../', import.meta.url)
const RECORD = new URL('prebuilt/built-from.json', ROOT)
const TESTS = 'src/tests/'

/** Where the build of a platform is kept. */
export function buildUrl(platform = `${process.platform}-${process.arch}`) {
  return new URL(`prebuilt/${platform}.node`, ROOT)
}

/** Writes down which sources the kept build is from. */
export async function recordSources() {
  await writeFile(RECORD, `${JSON.stringify(await hashes(), null, 2)}\n`)
}

/** Throws unless the kept build is the one that was recorded, from the sources as they are. */
export async function checkSources() {
  const [recorded, actual] = [JSON.parse(await readFile(RECORD, 'utf8')), await hashes()]
  for (const [name, hash] of Object.entries(actual)) {
    if (recorded[name] !== hash) {
      throw new Error(
        `packages/native: the prebuilt addon is not from these ${name}: npm run build:native -w packages/native`,
      )
    }
  }
}

async function hashes() {
  const files = (await readdir(new URL('src/', ROOT), { recursive: true })).map((name) => `src/${name}`)
  const sources = ['Cargo.lock', 'Cargo.toml', 'build.rs', ...files.filter((name) => name.endsWith('.rs'))]
  return {
    sources: await hash(sources.filter((name) => !name.startsWith(TESTS)).sort()),
    bytes: await hash(['prebuilt/linux-x64.node']),
  }
}

async function hash(names) {
  const hash = createHash('sha256')
  for (const name of names) {
    const content = await readFile(new URL(name, ROOT))
    hash.update(`${name}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'

const ROOT = new URL('../', import.meta.url)
const BUILDS = new URL('prebuilt/', ROOT)
const RECORD = new URL('built-from.json', BUILDS)
const TESTS = 'src/tests/'
/** Node's own builds for Linux ask for this glibc. */
export const GLIBC = '2.28'
const AGAIN = 'npm run build:prebuilt -w packages/native'

/** Where the build of a platform is kept. */
export function buildUrl(platform) {
  return new URL(`${platform}.node`, BUILDS)
}

/** Writes down which sources the kept build of a platform is from. */
export async function recordBuild(platform) {
  const record = { ...(await readRecord()), [platform]: await hashes(platform) }
  await writeFile(RECORD, `${JSON.stringify(record, Object.keys(record).sort().concat('sources', 'bytes'), 2)}\n`)
}

/** Throws unless all kept builds are those that were recorded, from the sources as they are, for old systems too. */
export async function checkBuilds() {
  const record = await readRecord()
  const builds = (await readdir(BUILDS)).filter((name) => name.endsWith('.node'))
  for (const platform of new Set([...Object.keys(record), ...builds.map((name) => name.replace(/\.node$/, ''))])) {
    const actual = await hashes(platform)
    for (const [name, hash] of Object.entries(actual)) {
      if (record[platform]?.[name] !== hash) {
        throw new Error(`packages/native: the prebuilt addon for ${platform} is not from these ${name}: ${AGAIN}`)
      }
    }
    const wanted = await newestGlibc(platform)
    if (wanted > Number(GLIBC.split('.')[1])) {
      throw new Error(`packages/native: the prebuilt addon for ${platform} wants glibc 2.${wanted}: ${AGAIN}`)
    }
  }
}

async function readRecord() {
  return JSON.parse(await readFile(RECORD, 'utf8'))
}

/** The y of the newest version 2.y whose symbols a build uses. */
async function newestGlibc(platform) {
  const build = await readFile(buildUrl(platform), 'latin1')
  return Math.max(0, ...[...build.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)))
}

async function hashes(platform) {
  const files = (await readdir(new URL('src/', ROOT), { recursive: true })).map((name) => `src/${name}`)
  const sources = ['Cargo.lock', 'Cargo.toml', 'build.rs', ...files.filter((name) => name.endsWith('.rs'))]
  return {
    sources: await hash(sources.filter((name) => !name.startsWith(TESTS)).sort()),
    bytes: await hash([`prebuilt/${platform}.node`]),
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

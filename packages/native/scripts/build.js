// Builds the addon for this machine's platform and keeps it, and what it was built from.
import { spawnSync } from 'node:child_process'
import { copyFile, rename } from 'node:fs/promises'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { buildUrl, recordSources } from './sources.js'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const LIBRARY = new URL('../target/release/libturnwise_native.so', import.meta.url)
// Where a machine keeps its crates would otherwise be in the messages of panics.
const home = process.env.CARGO_HOME ?? `${homedir()}/.cargo`
const RUSTFLAGS = `--remap-path-prefix=${home}=cargo --remap-path-prefix=${ROOT}=`

const { status } = spawnSync('cargo', ['build', '--release', '--locked'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, RUSTFLAGS },
})
if (status !== 0) {
  throw new Error('cargo has failed.')
}
// A process may have loaded the old one: it is replaced, not written over.
const next = new URL(`${buildUrl()}.next`)
await copyFile(LIBRARY, next)
await rename(next, buildUrl())
await recordSources()

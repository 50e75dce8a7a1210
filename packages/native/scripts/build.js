// Builds the addon and keeps it, and what it was built from: for this machine's platform; with --prebuilt for those that
// are committed, by cargo-zigbuild, which builds for other processors and for older systems than this one.
import { spawnSync } from 'node:child_process'
import { copyFile, rename } from 'node:fs/promises'
import { homedir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { buildUrl, GLIBC, recordBuild } from './sources.js'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const PREBUILT = { 'linux-x64': 'x86_64-unknown-linux-gnu', 'linux-arm64': 'aarch64-unknown-linux-gnu' }
const LIBRARIES = {
  linux: 'libturnwise_native.so',
  darwin: 'libturnwise_native.dylib',
  win32: 'turnwise_native.dll',
}
// Where a machine keeps its crates would otherwise be in the messages of panics.
const home = process.env.CARGO_HOME ?? `${homedir()}/.cargo`
const RUSTFLAGS = `--remap-path-prefix=${home}=cargo --remap-path-prefix=${ROOT}=`

if (process.argv.includes('--prebuilt')) {
  for (const [platform, target] of Object.entries(PREBUILT)) {
    cargo('zigbuild', '--target', `${target}.${GLIBC}`)
    await keep(platform, `target/${target}/release/${LIBRARIES.linux}`)
  }
} else {
  cargo('build')
  await keep(`${process.platform}-${process.arch}`, `target/release/${LIBRARIES[process.platform]}`)
}

function cargo(...command) {
  const { status } = spawnSync('cargo', [...command, '--release', '--locked'], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, RUSTFLAGS },
  })
  if (status !== 0) {
    throw new Error(`cargo ${command.join(' ')} has failed.`)
  }
}

async function keep(platform, library) {
  // A process may have loaded the old one: it is replaced, not written over.
  const next = new URL(`${buildUrl(platform)}.next`)
  await copyFile(new URL(`../${library}`, import.meta.url), next)
  await rename(next, buildUrl(platform))
  await recordBuild(platform)
}

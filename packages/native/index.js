import { createRequire } from 'node:module'

const platform = `${process.platform}-${process.arch}`

/** Throws an Error that says so where there is no build for this platform, or the system cannot load it. */
function load() {
  try {
    return createRequire(import.meta.url)(`./prebuilt/${platform}.node`)
  } catch (cause) {
    // On Linux, other systems' C libraries (musl's, or a glibc before 2.28) lack what the build needs.
    const reason = cause?.code === 'MODULE_NOT_FOUND' ? 'there is no build for it' : cause
    throw new Error(`@turnwise/native does not run on this ${platform} machine: ${reason}`, { cause })
  }
}

export const { openModel } = load()

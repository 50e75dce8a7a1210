import { createRequire } from 'node:module'

/** Throws what Node throws if there is no build for this platform. */
const { openModel } = createRequire(import.meta.url)(`./prebuilt/${process.platform}-${process.arch}.node`)

export { openModel }

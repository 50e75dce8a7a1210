import { fileURLToPath } from 'node:url'
import { DEPLOY } from './deployFolder.js'

const FOLDERS = { tiny: '../fixtures/tiny/fused', bundled: '../models/en' } as const

/** Random weights, quickly loaded; with FAILOVER_MODEL=bundled the model that is shipped. */
export const TEST_MODEL = fileURLToPath(
  new URL(process.env.FAILOVER_MODEL === 'bundled' ? FOLDERS.bundled : FOLDERS.tiny, DEPLOY),
)

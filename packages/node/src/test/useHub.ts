import { beforeEach, onTestFinished } from 'vitest'
import { pullHubModel } from '../hubModel.js'
import { type LoadOptions, type ResolvedLoadOptions, resolveLoadOptions } from '../loadOptions.js'
import { tinyModel } from './fixtures.js'
import { type HubFaults, type HubServer, startHubServer } from './hubServer.js'
import { temporaryFolder } from './temporaryFolder.js'

export const HUB_ID = { kind: 'models', owner: 'owner', name: 'name', revision: 'main' } as const
/** The graph of the published form. */
export const ONNX = 'onnx/model_q8.onnx'
/** Impatient, for tests. */
const PATIENCE = { maxAttempts: 3, retryDelayMs: 5, longestPauseMs: 2_000, stallTimeoutMs: 200 }

/** A hub and an empty cache, anew for each test. */
interface HubPlace {
  hub: HubServer
  cacheDir: string
  /** Puts a hub with the files of a folder in the place of the one before. */
  serve(folder: string): Promise<void>
  options(more?: LoadOptions): ResolvedLoadOptions
  /** Downloads the model, from a hub that has such faults from now on. */
  pull(faults?: HubFaults, more?: LoadOptions): Promise<string>
}

/** Starts a hub with the published form of the tiny model before each test of a file. */
export function useHub(): HubPlace {
  const place = {
    async serve(folder) {
      await place.hub?.close()
      place.hub = await startHubServer(folder)
      onTestFinished(() => place.hub.close())
    },
    options: (more = {}) =>
      resolveLoadOptions({ hubEndpoint: `${place.hub.endpoint}/`, cacheDir: place.cacheDir, ...more }, {}),
    async pull(faults = {}, more = {}) {
      Object.assign(place.hub.faults, faults)
      return pullHubModel(HUB_ID, place.options(more), PATIENCE)
    },
  } as HubPlace
  beforeEach(async () => {
    await place.serve(tinyModel('published'))
    place.cacheDir = await temporaryFolder()
  })
  return place
}

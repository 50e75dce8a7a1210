import { type LoadOptions, resolveLoadOptions } from './loadOptions.js'
import { resolveModel } from './resolveModel.js'

/**
 * The folder that `loadDetector` with the same options loads from; a model of the hub is downloaded if the cache has
 * it not.
 *
 * @throws TurnwiseError INVALID_OPTION, MODEL_NOT_FOUND, and what is wrong with getting it from the hub
 */
export async function locateModel(options: LoadOptions = {}): Promise<string> {
  return resolveModel(resolveLoadOptions(options))
}

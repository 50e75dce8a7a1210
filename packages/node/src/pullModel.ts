import { describeValue, TurnwiseError } from '@turnwise/core'
import { parseHubId } from './hubId.js'
import { pullHubModel } from './hubModel.js'
import { type LoadOptions, resolveLoadOptions } from './loadOptions.js'

/**
 * Downloads a model of the hub, or brings the cache up to date with it: what is damaged there comes again. Returns its folder.
 *
 * @param model a hub id `owner/name` or `owner/name@revision`
 * @throws TurnwiseError INVALID_OPTION; OFFLINE; as `loadDetector` for what is wrong with getting it
 */
export async function pullModel(model: string, options: Omit<LoadOptions, 'model' | 'threads'> = {}): Promise<string> {
  const id = parseHubId(model)
  if (id === undefined) {
    const problem = `model is ${describeValue(model)}, expected owner/name or owner/name@revision.`
    throw new TurnwiseError('INVALID_OPTION', problem, { value: model })
  }
  const resolved = resolveLoadOptions(options)
  if (resolved.offline) throw new TurnwiseError('OFFLINE', `${model} cannot be downloaded.`, { value: model })
  return pullHubModel(id, resolved)
}

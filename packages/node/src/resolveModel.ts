import { isAbsolute, resolve } from 'node:path'
import { TurnwiseError } from '@turnwise/core'
import { findBundledModel } from './bundledModel.js'
import { parseHubId } from './hubId.js'
import { findHubModel } from './hubModel.js'
import type { ResolvedLoadOptions } from './loadOptions.js'
import { isFolder } from './modelFolder.js'

/**
 * The folder of the model that the options name: the bundled one, a folder, or one of the hub, which is downloaded if
 * the cache has it not. What is both a folder and a hub id is the folder.
 *
 * @throws TurnwiseError MODEL_NOT_FOUND, and those of {@link findHubModel}
 */
export async function resolveModel(options: ResolvedLoadOptions): Promise<string> {
  const { model } = options
  if (model === undefined) return findBundledModel()
  const path = resolve(model)
  if (await isFolder(path)) return path
  const hubId = isAbsolute(model) || model.startsWith('.') ? undefined : parseHubId(model)
  if (hubId !== undefined) return findHubModel(hubId, options)
  throw new TurnwiseError('MODEL_NOT_FOUND', `There is no model folder ${path}.`, { value: model })
}

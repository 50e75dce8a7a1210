import { describeValue, TurnwiseError } from '@turnwise/core'
import { findHubFolder } from './hubFolder.js'
import { parseHubId } from './hubId.js'
import { type LoadOptions, resolveLoadOptions } from './loadOptions.js'

/** Options of {@link locateDataset}, with the defaults and environment variables of `loadDetector`. */
export type LocateDatasetOptions = Pick<
  LoadOptions,
  'cacheDir' | 'offline' | 'hubEndpoint' | 'hubToken' | 'onProgress' | 'signal'
>

/**
 * The folder with files of a data set of the hub: from the cache without asking the hub, else downloaded as a model is.
 *
 * @param dataset `owner/name` or `owner/name@revision`
 * @param isWanted which files are needed, by their paths; the same for every call about one data set
 * @throws TurnwiseError INVALID_OPTION, OFFLINE, HUB_NOT_FOUND, HUB_ACCESS_DENIED, HUB_UNREACHABLE, HUB_FAILED,
 *   DOWNLOAD_INCOMPLETE, DOWNLOAD_CORRUPT, CACHE_BUSY, CACHE_UNUSABLE, ABORTED
 */
export async function locateDataset(
  dataset: string,
  isWanted: (path: string) => boolean,
  options: LocateDatasetOptions = {},
): Promise<string> {
  const id = parseHubId(dataset, 'datasets')
  if (id === undefined) {
    const problem = `The data set is ${describeValue(dataset)}, expected owner/name or owner/name@revision.`
    throw new TurnwiseError('INVALID_OPTION', problem, { value: dataset })
  }
  return findHubFolder(id, resolveLoadOptions(options), async ({ files, download }) => {
    const wanted = files.filter(({ path }) => isWanted(path))
    if (wanted.length > 0) return download(wanted)
    throw new TurnwiseError('HUB_NOT_FOUND', `${dataset} has none of the files that are needed.`, { value: dataset })
  })
}

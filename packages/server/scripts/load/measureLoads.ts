import type { LoadResult } from './loadResult.js'
import { measureCalls } from './measureCalls.js'
import { measureCores } from './measureCores.js'
import { measureHttp } from './measureHttp.js'
import { measureOverload } from './measureOverload.js'
import { measureSoak } from './measureSoak.js'
import { measureStream } from './measureStream.js'
import type { LoadSettings } from './readCommandLine.js'

/** All but the wire, one after another; what is not among the parts is empty. */
export async function measureLoads(
  url: string,
  { parts, seconds, connections, calls, wordMs, soakMinutes }: LoadSettings,
): Promise<Pick<LoadResult, 'http' | 'streams' | 'calls' | 'overload' | 'soak'>> {
  async function each<Result>(counts: readonly number[], measure: (count: number) => Promise<Result>) {
    const results = []
    for (const count of counts) results.push(await measureCores(url, () => measure(count)))
    return results
  }

  const http = await each(parts.has('http') ? connections : [], (count) => measureHttp(url, count, seconds))
  const best = Math.max(...http.map(({ perSecond }) => perSecond))
  return {
    http,
    streams: await each(parts.has('streams') ? connections : [], (count) => measureStream(url, count, seconds)),
    calls: await each(parts.has('calls') ? calls : [], (count) => measureCalls(url, { calls: count, wordMs, seconds })),
    overload: parts.has('overload') ? await measureCores(url, () => measureOverload(url, best, seconds)) : null,
    soak: parts.has('soak') ? await measureCores(url, () => measureSoak(url, 0.8 * best, soakMinutes)) : null,
  }
}

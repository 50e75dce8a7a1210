import type { CallsResult } from './measureCalls.js'
import type { HttpResult } from './measureHttp.js'
import type { OverloadResult } from './measureOverload.js'
import type { SoakResult } from './measureSoak.js'
import type { StreamResult } from './measureStream.js'
import type { WireResult } from './measureWire.js'
import type { Sizing } from './sizing.js'

/** Everything that was measured. */
export interface LoadResult {
  readonly measuredAt: string
  readonly machine: { readonly processor: string; readonly cores: number; readonly node: string; readonly load: number }
  readonly serve: readonly string[]
  readonly wire: readonly WireResult[]
  readonly http: readonly HttpResult[]
  readonly streams: readonly StreamResult[]
  readonly calls: readonly CallsResult[]
  readonly speechShare: number
  readonly sizing: Sizing | null
  readonly overload: OverloadResult
  readonly soak: SoakResult | null
}

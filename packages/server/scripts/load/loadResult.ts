import type { CallsResult } from './measureCalls.js'
import type { CoresUsed } from './measureCores.js'
import type { HttpResult } from './measureHttp.js'
import type { OverloadResult } from './measureOverload.js'
import type { SoakResult } from './measureSoak.js'
import type { StreamResult } from './measureStream.js'
import type { WireResult } from './measureWire.js'
import type { CoreShares } from './shareCores.js'
import type { Sizing } from './sizing.js'

/** What was measured under load, and what server and load took of the machine. */
type Loaded<Result> = Result & { readonly cores: CoresUsed }

/** Everything that was measured. */
export interface LoadResult {
  readonly measuredAt: string
  readonly machine: {
    readonly processor: string
    readonly cores: number
    readonly serverCores: number
    readonly node: string
    readonly load: number
  }
  /** Which cores server and load had; null: both had all. */
  readonly apart: CoreShares | null
  readonly serve: readonly string[]
  readonly wire: readonly WireResult[]
  readonly http: readonly Loaded<HttpResult>[]
  readonly streams: readonly Loaded<StreamResult>[]
  readonly calls: readonly Loaded<CallsResult>[]
  readonly speechShare: number
  readonly sizing: Sizing | null
  readonly overload: Loaded<OverloadResult> | null
  readonly soak: Loaded<SoakResult> | null
}

import type { Manifest } from '@turnwise/core'
import type { Execution } from './execution.js'

/** The first message to a worker: how it computes. */
export interface PrepareRequest {
  readonly execution: Execution
  readonly threads: number
}

/** The second: what it runs. From then on it is spoken to as a graph. */
export interface OpenRequest {
  readonly manifest: Manifest
  readonly weights: Uint8Array<ArrayBuffer>
  /** The graph for WebGPU, if that computes. */
  readonly webgpuGraph?: Uint8Array<ArrayBuffer> | undefined
}

import type { Manifest } from '@turnwise/core'
import type { Execution } from './execution.js'

/** The first message to a worker: how it computes. */
export interface PrepareRequest {
  readonly execution: Execution
  readonly threads: number
}

/** A file with weights beside the graph, by the path that the graph knows it by. */
export interface DataFile {
  readonly path: string
  readonly data: Uint8Array<ArrayBuffer>
}

/** The second: what it runs. From then on it is spoken to as a graph. */
export interface OpenRequest {
  readonly manifest: Manifest
  readonly weights: Uint8Array<ArrayBuffer>
  readonly dataFiles: readonly DataFile[]
  /** The graph for WebGPU, if that computes. */
  readonly webgpuGraph?: Uint8Array<ArrayBuffer> | undefined
}

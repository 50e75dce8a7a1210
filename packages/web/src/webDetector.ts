import type { Detector } from '@turnwise/core'
import type { Execution } from './execution.js'

/** A detector in the browser: that of every other runtime, and what it runs on. */
export interface WebDetector extends Detector {
  /** What computes: WebAssembly on the processor, or WebGPU on the graphics card. */
  readonly execution: Execution
  /** The threads of the processor that share the work of a decision. */
  readonly threads: number
  /** What `execution` was chosen by; undefined where there was nothing to choose from. */
  readonly comparison?: ExecutionComparison
}

/** What was measured of WebAssembly and WebGPU. */
export interface ExecutionComparison {
  /** How long a word more in a session takes, in milliseconds: the median. */
  readonly wordMs: Readonly<Record<Execution, number>>
  /** The most that a probability differs after a word, from 0 to 1: the mean of the words. */
  readonly difference: number
}

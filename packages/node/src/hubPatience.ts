import { setTimeout as delay } from 'node:timers/promises'
import { throwIfAborted } from '@turnwise/core'

/** How patient this process is with a hub. */
export interface HubPatience {
  /** Answers in a row that may say "busy", and connections that may bring next to nothing. */
  readonly maxAttempts: number
  /** Waited after the first failure, twice as long after each further one. */
  readonly retryDelayMs: number
  /** A hub that asks for a longer pause is not waited for. */
  readonly longestPauseMs: number
  /** A connection that brings nothing for so long is given up. */
  readonly stallTimeoutMs: number
}

export const DEFAULT_HUB_PATIENCE: HubPatience = {
  maxAttempts: 5,
  retryDelayMs: 500,
  longestPauseMs: 30_000,
  stallTimeoutMs: 30_000,
}

/** Waits. @throws TurnwiseError ABORTED */
export async function pause(durationMs: number, signal: AbortSignal | undefined): Promise<void> {
  await delay(durationMs, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  throwIfAborted(signal)
}

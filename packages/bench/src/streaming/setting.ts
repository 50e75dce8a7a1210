import { type Pace, POLICIES, type PolicyName, pacedCompletion, waitFor } from '@turnwise/core'

/** A silence and how probable (0 to 1) the system finds it, once the words are there, that the turn is over. */
export interface JudgedSilence {
  readonly meeting: string
  readonly kind: 'hold' | 'end'
  readonly silenceMs: number
  readonly turnProbability: number
  /** How the speaker has spoken until then. */
  readonly pace: Pace
}

/** When an agent speaks. */
export type Setting = ThresholdSetting | TableSetting

/** After the delay where the turn is probably over, after the time-out where not. */
interface ThresholdSetting {
  /** The probability (0 to 1) from which on the turn counts as over; above 1, it never does. */
  readonly threshold: number
  readonly delayMs: number
  readonly timeoutMs: number
  /** The policy whose pace changes the probability before, if any. */
  readonly paceOf?: PolicyName | undefined
}

/** After what a policy makes of the probability and the pace, times the scale: 1 is a session's own `waitMs`. */
interface TableSetting {
  readonly policy: PolicyName
  readonly scale: number
}

/** What a setting does. */
export interface OperatingPoint {
  /** The share (0 to 1) of holds in which the agent speaks before the speaker goes on. */
  readonly cutOffRate: number
  /** From the last word of a turn until the agent speaks, on average. */
  readonly latencyMs: number
  readonly setting: Setting
}

/** What is swept. The words are heard after a lag: no delay can be shorter. */
export interface SweepOptions {
  readonly lagMs: number
}

/** What one setting does to silences. */
export function applySetting(
  silences: readonly JudgedSilence[],
  setting: Setting,
  options: SweepOptions,
): OperatingPoint {
  return { ...figuresOf(silences, waitsOf(silences, setting, options)), setting }
}

/** How long (ms) a setting waits in each silence. */
export function waitsOf(silences: readonly JudgedSilence[], setting: Setting, { lagMs }: SweepOptions): number[] {
  if ('policy' in setting) {
    const { policy, scale } = setting
    return silences.map((silence) => scaledWait(tableWait(policy, silence), scale, lagMs))
  }
  const { threshold, delayMs, timeoutMs, paceOf } = setting
  return silences.map((silence) => {
    const probability = paceOf === undefined ? silence.turnProbability : pacedProbability(paceOf, silence)
    return probability >= threshold ? delayMs : timeoutMs
  })
}

/**
 * What waiting so long (ms), each number for a silence, does; NaN of no holds or no ends.
 *
 * @param drawn the numbers of the silences that count, some perhaps several times. Default: all.
 */
export function figuresOf(
  silences: readonly JudgedSilence[],
  waits: readonly number[],
  drawn: Iterable<number> = silences.keys(),
): Omit<OperatingPoint, 'setting'> {
  let [holds, cut, ends, waitedMs] = [0, 0, 0, 0]
  for (const index of drawn) {
    const waitMs = waits[index] ?? 0
    const silence = silences[index]
    if (silence?.kind === 'end') {
      ends += 1
      waitedMs += waitMs
    } else {
      holds += 1
      if (silence !== undefined && silence.silenceMs > waitMs) cut += 1
    }
  }
  return { cutOffRate: cut / holds, latencyMs: waitedMs / ends }
}

/** The wait of a table made longer or shorter. Before the words are heard nothing is answered. */
export function scaledWait(waitMs: number, scale: number, lagMs: number): number {
  return Math.max(lagMs, scale * waitMs)
}

/** What a policy's table says of a silence. */
export function tableWait(policy: PolicyName, { turnProbability, pace }: JudgedSilence): number {
  return waitFor(POLICIES[policy], turnProbability, pace)
}

/** The probability as a policy changes it by the pace. */
export function pacedProbability(policy: PolicyName, { turnProbability, pace }: JudgedSilence): number {
  return pacedCompletion(POLICIES[policy], turnProbability, pace)
}

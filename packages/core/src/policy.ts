import { describeUnquoted, describeValue, TurnwiseError } from './errors.js'
import { isRecord } from './json.js'

/** A point of a waiting table: at this probability (0–1) that the turn is over, wait so long (ms). */
export type WaitPoint = readonly [probability: number, waitMs: number]

/** The most points of a waiting table; those of the {@link POLICIES} have 7 to 10. */
export const MAX_WAIT_POINTS = 100

/** How a session gets from probabilities to actions. All of its numbers are here. */
export interface Policy {
  /** The share of unfinished moments (0–1) in which the agent may speak first: what the table is meant to keep to. */
  readonly cutOffBudget: number
  /**
   * How long to let silence run; straight lines between the points. From probability 0 to 1, falling. Two points close
   * to each other are a step. 2 to {@link MAX_WAIT_POINTS} points.
   */
  readonly wait: readonly WaitPoint[]
  /**
   * The logarithm of the odds that the turn is over falls by so much each time the turn is e times as long as 3 s, and
   * rises by it each time it is e times as short, before the table is asked: whoever tells a story goes on after most
   * pauses.
   */
  readonly turnLengthWeight: number
  /** The same for a user who pauses e times as often in an answered turn as people at a meeting do. */
  readonly habitWeight: number
  /** It rises by so much each time people would be e times as likely to let another speak. Default: 0. */
  readonly yieldWeight?: number | undefined
  /** The agent is silent: the probability (0–1) from which the action is start_speaking. */
  readonly speakFrom: number
  /** The agent speaks: the probability (0–1) from which the user interrupts: start_listening. */
  readonly interruptFrom: number
  /** So many words may pass over the agent before they count as an interruption … */
  readonly freeWords: number
  /** … unless it is as probable (0–1) as this. */
  readonly confidentFrom: number
  /** How far (0–1) a probability must pass its threshold to change the last action of the turn. */
  readonly margin: number
  /** After an interruption that turned out to be none: silence (ms) before the agent goes on. */
  readonly resumeAfterMs: number
  /** A half answer to what was expected counts as over with this probability (0–1) at most. */
  readonly halfAnswerAtMost: number
}

/** How probabilities become actions unless a policy leans to one side. */
const USUAL_ACTIONS = {
  speakFrom: 0.5,
  interruptFrom: 0.3,
  freeWords: 1,
  confidentFrom: 0.35,
  margin: 0.05,
  resumeAfterMs: 900,
  halfAnswerAtMost: 0.1,
} as const

/**
 * The policies that have a name. `python -m turnwise_training.fit_policy` prints this object: its tables are fitted to
 * the budgets in word-timed meetings, but for `meeting` within what callers expect (docs/decisions/streaming.md). The
 * other numbers are chosen by hand.
 */
export const POLICIES = {
  /** Rarely cuts anybody off. */
  patient: {
    cutOffBudget: 0.05,
    wait: [
      [0, 3200],
      [0.006, 2400],
      [0.1, 2400],
      [0.5, 1880],
      [0.75, 1830],
      [0.924, 880],
      [0.98, 600],
      [1, 350],
    ],
    turnLengthWeight: 1.5,
    habitWeight: 1.2,
    yieldWeight: 0.6,
    speakFrom: 0.6,
    interruptFrom: 0.6,
    freeWords: 2,
    confidentFrom: 0.85,
    margin: 0.08,
    resumeAfterMs: 1200,
    halfAnswerAtMost: 0.1,
  },
  /** The default. */
  balanced: {
    cutOffBudget: 0.1,
    wait: [
      [0, 1870],
      [0.006, 1800],
      [0.1, 1800],
      [0.5, 950],
      [0.75, 810],
      [0.924, 550],
      [0.98, 400],
      [1, 200],
    ],
    turnLengthWeight: 1.5,
    habitWeight: 1.2,
    yieldWeight: 0.6,
    ...USUAL_ACTIONS,
  },
  /** Answers fast, and cuts off now and then. */
  eager: {
    cutOffBudget: 0.15,
    wait: [
      [0, 1500],
      [0.1, 1500],
      [0.477, 770],
      [0.5, 570],
      [0.75, 430],
      [0.98, 350],
      [1, 200],
    ],
    turnLengthWeight: 1.5,
    habitWeight: 1.2,
    yieldWeight: 0.6,
    speakFrom: 0.4,
    interruptFrom: 0.15,
    freeWords: 0,
    confidentFrom: 0.15,
    margin: 0.05,
    resumeAfterMs: 600,
    halfAnswerAtMost: 0.1,
  },
  /** For an agent among people who talk to each other: it waits as they do, and answers where they would. */
  meeting: {
    cutOffBudget: 0.1,
    wait: [
      [0, 1900],
      [0.001, 1520],
      [0.028, 1300],
      [0.495, 1030],
      [0.98, 820],
      [0.999, 330],
      [1, 200],
    ],
    turnLengthWeight: 2.3,
    habitWeight: 2.2,
    yieldWeight: 1.4,
    ...USUAL_ACTIONS,
  },
} as const satisfies Record<string, Policy>

/** The name of one of the {@link POLICIES}. */
export type PolicyName = keyof typeof POLICIES

/** What a session uses when nothing else is said. */
export const DEFAULT_POLICY: PolicyName = 'balanced'

/** Numbers of a policy that are probabilities. */
const SHARES = [
  'cutOffBudget',
  'speakFrom',
  'interruptFrom',
  'confidentFrom',
  'margin',
  'halfAnswerAtMost',
] as const satisfies readonly (keyof Policy)[]

/**
 * A policy by its name, or one's own, checked and copied.
 *
 * @throws TurnwiseError INVALID_POLICY
 */
export function resolvePolicy(given: unknown): Policy {
  if (typeof given === 'string' && Object.hasOwn(POLICIES, given)) return POLICIES[given as PolicyName]
  if (!isRecord(given)) {
    throw invalid(`It is ${describeUnquoted(given)}, expected ${Object.keys(POLICIES).join(', ')} or an object.`)
  }
  for (const name of SHARES) checkNumber(name, given[name], 1)
  for (const name of ['turnLengthWeight', 'habitWeight', 'freeWords', 'resumeAfterMs'])
    checkNumber(name, given[name], Number.MAX_SAFE_INTEGER)
  checkNumber('yieldWeight', given.yieldWeight ?? 0, Number.MAX_SAFE_INTEGER)
  checkWait(given.wait)
  const policy = given as unknown as Policy
  if (policy.confidentFrom < policy.interruptFrom) {
    throw invalid('confidentFrom is below interruptFrom.', policy.confidentFrom)
  }
  return { ...policy, wait: policy.wait.map(([probability, waitMs]) => [probability, waitMs] as const) }
}

function checkNumber(name: string, value: unknown, highest: number): void {
  if (typeof value === 'number' && value >= 0 && value <= highest) return
  throw invalid(`${name} is ${describeValue(value)}, expected a number from 0 to ${highest}.`, value)
}

function checkWait(wait: unknown): void {
  if (!Array.isArray(wait) || wait.length < 2) throw invalid('wait has fewer than two points.', wait)
  if (wait.length > MAX_WAIT_POINTS) {
    throw invalid(`wait has ${wait.length} points, more than ${MAX_WAIT_POINTS}.`, wait.length)
  }
  for (const [index, point] of wait.entries()) {
    if (!Array.isArray(point) || point.length !== 2) throw invalid(`wait[${index}] is no pair.`, point)
    const [probability, waitMs] = point
    checkNumber(`wait[${index}][0]`, probability, 1)
    checkNumber(`wait[${index}][1]`, waitMs, Number.MAX_SAFE_INTEGER)
    const [probabilityBefore, waitMsBefore] = wait[index - 1] ?? [-1, Number.POSITIVE_INFINITY]
    if (probability <= probabilityBefore) throw invalid(`wait[${index}][0] does not rise.`, probability)
    if (waitMs > waitMsBefore) throw invalid(`wait[${index}][1] is longer than the wait before it.`, waitMs)
  }
  if (wait[0][0] !== 0 || wait.at(-1)[0] !== 1) throw invalid('wait does not go from probability 0 to 1.', wait)
}

function invalid(problem: string, value?: unknown): TurnwiseError {
  return new TurnwiseError('INVALID_POLICY', `The policy cannot be used. ${problem}`, { value })
}

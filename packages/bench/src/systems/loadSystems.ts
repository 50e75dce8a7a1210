import type { RuntimeChoice } from 'turnwise'
import { BASE_FINISHED_FROM } from '../defaults.js'
import { withOwnNames } from '../withOwnNames.js'
import { loadBasePunctuation } from './basePunctuation.js'
import { loadModelSystem } from './detectorSystem.js'
import { createRemoteSystem, DEFAULT_REMOTE } from './remoteSystem.js'
import { createRuleSystem, TURN_RULES, type TurnRule } from './rules.js'
import type { BenchmarkSystem } from './system.js'

/** Which systems are measured beside each other. */
export interface SystemChoice {
  /** Model folders or hub ids; undefined is the bundled model. */
  readonly models: readonly (string | undefined)[]
  readonly threads: number
  /** What runs the models. */
  readonly runtime?: RuntimeChoice | undefined
  /** Whether the rules are measured too. */
  readonly rules: boolean
  /** The folder of the untouched base. */
  readonly base?: string | undefined
  readonly baseFinishedFrom?: number | undefined
  /** The addresses of systems over HTTP. */
  readonly remotes: readonly string[]
  readonly remoteToken?: string | undefined
}

/**
 * All systems of a choice, models first; the caller closes them. If one does not load, those that did are closed.
 *
 * @throws TurnwiseError as `loadDetector` and `loadBasePunctuation`, and INVALID_OPTION
 */
export async function loadSystems(choice: SystemChoice): Promise<BenchmarkSystem[]> {
  const { models, threads, runtime, rules, base, baseFinishedFrom = BASE_FINISHED_FROM, remotes, remoteToken } = choice
  const systems: BenchmarkSystem[] = []
  try {
    for (const model of models) systems.push(await loadModelSystem({ model, threads, runtime }))
    if (base !== undefined)
      systems.push(await loadBasePunctuation({ folder: base, threads, finishedFrom: baseFinishedFrom }))
    for (const url of remotes) systems.push(createRemoteSystem({ ...DEFAULT_REMOTE, url, token: remoteToken }))
    if (rules) systems.push(...(Object.keys(TURN_RULES) as TurnRule[]).map(createRuleSystem))
    const facts = withOwnNames(systems.map((system) => system.facts))
    return systems.map((system, index) => ({ ...system, facts: facts[index] ?? system.facts }))
  } catch (error) {
    await closeSystems(systems)
    throw error
  }
}

/** Frees all of them. */
export async function closeSystems(systems: readonly BenchmarkSystem[]): Promise<void> {
  await Promise.all(systems.map((system) => system.close()))
}

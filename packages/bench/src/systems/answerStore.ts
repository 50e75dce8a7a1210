import { createHash } from 'node:crypto'
import { ACTIONS, type Action } from '@turnwise/core'
import { addKept, dropKept, filterKept, keptPath, readKept } from '../results/keptLines.js'
import { readVersions, type Versions } from '../results/resultHeader.js'
import type { BenchmarkSystem, SystemAnswer, SystemRow } from './system.js'

/** Answers that were given before, so that a run that broke off goes on where it stopped. No texts are kept. */
export interface AnswerStore {
  find(system: BenchmarkSystem, row: SystemRow): SystemAnswer | undefined
  /** @throws TurnwiseError OUTPUT_UNWRITABLE */
  add(system: BenchmarkSystem, rows: readonly SystemRow[], answers: readonly SystemAnswer[]): Promise<void>
  /** Drops all answers of a system. @throws TurnwiseError OUTPUT_UNWRITABLE */
  forget(system: BenchmarkSystem): Promise<void>
}

/**
 * One line: system, row, action, action in its state, turn probability, the four probabilities if there are such, and
 * that of a yield if there is.
 */
type StoredLine = readonly [
  system: string,
  row: string,
  action: number,
  inState: number,
  turn: number,
  ...probabilities: number[],
]

/** Of what runs a model here. */
type RunVersions = Pick<Versions, 'turnwise' | 'onnxruntime'>

const HASH_DIGITS = 24

/** Where the answers of a result are kept: beside it. */
export function answersPath(resultPath: string): string {
  return keptPath(resultPath, 'answers')
}

/**
 * Answers in a file of JSON lines, which grows as they come.
 *
 * @param path undefined: they are kept in memory only
 * @param fresh whether the file is emptied first: a run that does not want its answers must not leave them to the next
 * @param versions of what runs here
 * @throws TurnwiseError OUTPUT_UNWRITABLE
 */
export async function openAnswerStore(
  path: string | undefined,
  fresh = false,
  versions: RunVersions = readVersions(),
): Promise<AnswerStore> {
  const known = new Map<string, SystemAnswer>()
  if (path !== undefined && fresh) {
    await dropKept(path)
    // An empty file: what cannot be written is known at once.
    await addKept(path, [])
  }
  for (const entry of (await readKept(path)).filter(isStoredLine)) {
    known.set(`${entry[0]} ${entry[1]}`, toAnswer(entry))
  }
  return {
    find: (system, row) => known.get(`${systemKey(system, versions)} ${rowKey(row)}`),
    async add(system, rows, answers) {
      const key = systemKey(system, versions)
      const lines = answers.flatMap((answer, index) => {
        const row = rows[index]
        if (row === undefined) return []
        known.set(`${key} ${rowKey(row)}`, answer)
        return [toLine(key, rowKey(row), answer)]
      })
      await addKept(path, lines)
    },
    async forget(system) {
      const key = systemKey(system, versions)
      for (const each of [...known.keys()].filter((each) => each.startsWith(`${key} `))) known.delete(each)
      await filterKept(path, (entry) => isStoredLine(entry) && entry[0] !== key)
    },
  }
}

function isStoredLine(entry: unknown): entry is StoredLine {
  return Array.isArray(entry) && entry.length >= 5 && entry.slice(2).every((value) => Number.isFinite(value))
}

function toLine(system: string, row: string, answer: SystemAnswer): StoredLine {
  const { action, actionInState, turnProbability, probabilities = [], yielded } = answer
  const all = yielded === undefined ? probabilities : [...probabilities, yielded]
  return [system, row, ACTIONS.indexOf(action), ACTIONS.indexOf(actionInState), turnProbability, ...all]
}

function toAnswer([, , action, inState, turnProbability, ...all]: StoredLine): SystemAnswer {
  const answer = { action: actionAt(action), actionInState: actionAt(inState), turnProbability }
  const [probabilities, yielded] = [all.slice(0, ACTIONS.length), all[ACTIONS.length]]
  if (probabilities.length < ACTIONS.length) return answer
  return { ...answer, probabilities, ...(yielded === undefined ? {} : { yielded }) }
}

function actionAt(index: number): Action {
  return ACTIONS[index] ?? ACTIONS[0]
}

/**
 * Not by the name where there is better: it says neither path nor runtime, and two systems of a run may swap theirs. The
 * versions here say nothing of a system elsewhere.
 */
function systemKey(
  { facts, fingerprint = facts.name }: BenchmarkSystem,
  { turnwise, onnxruntime }: RunVersions,
): string {
  const { kind, version = '', sha256 = '' } = facts
  const here = kind === 'remote' ? [] : [turnwise, onnxruntime]
  return hash(JSON.stringify([kind, fingerprint, version, sha256, ...here]))
}

function rowKey({ messages, agentSpeaking }: SystemRow): string {
  return hash(JSON.stringify([messages.map(({ role, content }) => [role, content]), agentSpeaking]))
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, HASH_DIGITS)
}

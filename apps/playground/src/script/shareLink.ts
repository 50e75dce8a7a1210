import { EXPECTATIONS, type ExpectationKind, POLICIES, type PolicyName } from '@turnwise/web'
import type { Script, Step } from './step.js'

const FORMAT_VERSION = 1
/** More steps than anybody types; a link is not to stall the page. */
const MAX_STEPS = 5000
const MAX_WORD_LENGTH = 200
const MAX_TIME_MS = 86_400_000

const KINDS = ['user', 'settle', 'agent', 'agentDone', 'expect'] as const satisfies readonly Step['kind'][]

/** The fragment of a link, without '#': the script in base64url. The words stay in the browser: fragments are not sent. */
export function encodeScript({ steps, policy, rival }: Script): string {
  let beforeMs = 0
  const rows = steps.map((step) => {
    const row = [KINDS.indexOf(step.kind), Math.round(step.pauseMs), Math.round(step.atMs - beforeMs)] as unknown[]
    beforeMs = step.atMs
    if (step.kind === 'user' || step.kind === 'agent') row.push(step.word)
    if (step.kind === 'user' && step.keep !== undefined) row.push(step.keep)
    if (step.kind === 'expect' && step.expect !== undefined) row.push(step.expect)
    return row
  })
  const bytes = new TextEncoder().encode(JSON.stringify([FORMAT_VERSION, policy, rival ?? null, rows]))
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The script of a fragment; undefined if it is damaged or of another version. */
export function decodeScript(fragment: string): Script | undefined {
  try {
    const binary = atob(fragment.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    return readScript(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch {
    return undefined
  }
}

function readScript(value: unknown): Script | undefined {
  if (!Array.isArray(value)) return undefined
  const [version, policy, rival, rows] = value as unknown[]
  if (version !== FORMAT_VERSION || !isPolicyName(policy) || !Array.isArray(rows)) return undefined
  if (rows.length > MAX_STEPS || (rival !== null && !isPolicyName(rival))) return undefined
  const steps: Step[] = []
  for (const row of rows as unknown[]) {
    const step = readStep(row, steps.at(-1)?.atMs ?? 0)
    if (step === undefined) return undefined
    steps.push(step)
  }
  return { steps, policy, rival: rival ?? undefined }
}

function readStep(row: unknown, beforeMs: number): Step | undefined {
  if (!Array.isArray(row)) return undefined
  const [kindIndex, pauseMs, sinceMs, value, keep] = row as unknown[]
  const kind = typeof kindIndex === 'number' ? KINDS[kindIndex] : undefined
  if (kind === undefined || !isTime(pauseMs) || !isTime(sinceMs)) return undefined
  const time = { pauseMs, atMs: beforeMs + sinceMs }
  if (kind === 'settle' || kind === 'agentDone') return { kind, ...time }
  if (kind === 'expect') {
    return value === undefined || isExpectation(value) ? { kind, ...time, expect: value } : undefined
  }
  if (typeof value !== 'string' || value.length > MAX_WORD_LENGTH || !value.isWellFormed()) return undefined
  if (kind === 'agent') return { kind, ...time, word: value }
  return keep === undefined || isTime(keep) ? { kind, ...time, word: value, keep } : undefined
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= MAX_TIME_MS
}

function isPolicyName(value: unknown): value is PolicyName {
  return typeof value === 'string' && Object.hasOwn(POLICIES, value)
}

function isExpectation(value: unknown): value is ExpectationKind {
  return EXPECTATIONS.some((expectation) => expectation === value)
}

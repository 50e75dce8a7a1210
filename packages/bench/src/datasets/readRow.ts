import {
  ACTIONS,
  type Action,
  COUNTED_EXPECTATIONS,
  EXPECTATIONS,
  type Expectation,
  isRecord,
  MAX_EXPECTED_LENGTH,
  type Message,
  ROLES,
  TurnwiseError,
  validateConversation,
  validateExpectation,
} from '@turnwise/core'
import type { BenchmarkRow } from './dataset.js'
import { invalidData, type Place, unexpectedType, unexpectedValue } from './rowError.js'

/** What is expected of an expectation that has a length. */
const COUNTED = `one of ${COUNTED_EXPECTATIONS.join(', ')}, and its length from 1 to ${MAX_EXPECTED_LENGTH}`

/**
 * A row from columns: `messages` and `action`, the action's name or its number in the published class order (0–3);
 * `id`, `group`, `pair` and `expect` where they are there. The length of an expectation is a part of it or, in a table, the
 * column `expect_length`.
 *
 * @throws TurnwiseError INVALID_DATASET
 */
export function readRow(value: unknown, place: Place): BenchmarkRow {
  if (!isRecord(value)) throw unexpectedType(place, value, 'an object')
  const { id = `${place.row ?? 0}`, group, pair, expect, expect_length: length } = value
  return {
    id: readText(id, { ...place, column: 'id' }),
    messages: readMessages(value.messages, { ...place, column: 'messages' }),
    action: readAction(value.action, { ...place, column: 'action' }),
    ...(isAbsent(group) ? {} : { group: readText(group, { ...place, column: 'group' }) }),
    ...(isAbsent(pair) ? {} : { pair: readText(pair, { ...place, column: 'pair' }) }),
    ...(isAbsent(expect) ? {} : { expect: readExpectation(expect, length, { ...place, column: 'expect' }) }),
  }
}

/** @throws TurnwiseError INVALID_DATASET */
function readMessages(value: unknown, place: Place): Message[] {
  checkRoles(value, place)
  try {
    validateConversation(value)
  } catch (error) {
    if (error instanceof TurnwiseError) throw invalidData(place, error.problem, error.value)
    throw error
  }
  return value.map(({ role, content }) => ({ role, content }))
}

/** Before all other checks: their error does not say which roles there are. */
function checkRoles(messages: unknown, place: Place): void {
  for (const [index, message] of (Array.isArray(messages) ? (messages as unknown[]) : []).entries()) {
    if (!isRecord(message) || ROLES.some((known) => known === message.role)) continue
    throw unexpectedValue({ ...place, column: `messages[${index}].role` }, message.role, ROLES.join(', '))
  }
}

/** @throws TurnwiseError INVALID_DATASET */
function readAction(value: unknown, place: Place): Action {
  const index = typeof value === 'bigint' ? Number(value) : value
  const action = typeof index === 'number' ? ACTIONS[index] : ACTIONS.find((known) => known === index)
  if (action !== undefined) return action
  throw unexpectedValue(place, value, `a class from 0 to ${ACTIONS.length - 1}, or ${ACTIONS.join(', ')}`)
}

/** @throws TurnwiseError INVALID_DATASET */
function readExpectation(value: unknown, length: unknown, place: Place): Expectation {
  if (isAbsent(length) && !isRecord(value)) {
    const expect = EXPECTATIONS.find((known) => known === value)
    if (expect !== undefined) return expect
    throw unexpectedValue(place, value, EXPECTATIONS.join(', '))
  }
  const expect = isRecord(value)
    ? { kind: value.kind, length: value.length }
    : { kind: value, length: typeof length === 'bigint' ? Number(length) : length }
  try {
    validateExpectation(expect)
  } catch (error) {
    if (!(error instanceof TurnwiseError)) throw error
    // Without its problem, which quotes the value.
    throw unexpectedValue(place, error.value, COUNTED)
  }
  return expect
}

/** @throws TurnwiseError INVALID_DATASET */
function readText(value: unknown, place: Place): string {
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  throw unexpectedType(place, value, 'a text')
}

function isAbsent(value: unknown): value is null | undefined {
  return value === null || value === undefined
}

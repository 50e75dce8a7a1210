import { type Decision, type PredictRequest, type SessionDecision, TurnwiseError } from '@turnwise/core'
import type { FastifyRequest } from 'fastify'
import type { ServerContext } from './context.js'
import type { MetricSource } from './metrics.js'
import { traced } from './traced.js'
import { withDeadline } from './withDeadline.js'

/**
 * Decides about conversations of one request, within its deadline, when its turn comes. All requests share the
 * detector, whose own queue runs what comes together as one batch.
 *
 * @throws TurnwiseError OVERLOADED, DEADLINE_EXCEEDED, REQUEST_TOO_LARGE, and those of `predictMany`
 */
export async function decideMany(
  context: ServerContext,
  request: FastifyRequest,
  source: MetricSource,
  conversations: readonly PredictRequest[],
): Promise<Decision[]> {
  const { detector, settings, gate, health, metrics } = context
  checkCount('conversations', conversations.length, settings.maxConversations, 'maxConversations')
  for (const { messages } of conversations) checkCount('messages', messages.length, settings.maxMessages, 'maxMessages')

  async function decide(signal: AbortSignal): Promise<Decision[]> {
    const endTimer = metrics.decisionSeconds.startTimer({ source })
    const [only] = conversations
    const decisions =
      conversations.length === 1 && only !== undefined
        ? [await detector.predict(only.messages, { agentSpeaking: only.agentSpeaking, signal })]
        : await detector.predictMany(conversations, { signal })
    endTimer()
    return decisions
  }

  const attributes = { source, conversations: conversations.length }
  const deadlineMs = deadlineOf(request, settings.deadlineMs)
  try {
    // The time between the beginnings of the two spans is that in the queue.
    const decisions = await traced('turnwise.decide', attributes, () =>
      withDeadline(deadlineMs, request.raw.socket, (signal) =>
        gate.pass(() => traced('turnwise.model', attributes, () => decide(signal)), deadlineMs, signal),
      ),
    )
    health.note()
    for (const decision of decisions) metrics.countDecision(source, decision)
    return decisions
  } catch (error) {
    health.note(error)
    throw error
  }
}

/** A hook that refuses at once, before the body is read, what `decideMany` could not decide in time. */
export function refuseEarly({ gate, settings }: ServerContext) {
  return async (request: FastifyRequest): Promise<void> => {
    const deadlineMs = deadlineOf(request, settings.deadlineMs)
    try {
      gate.check(deadlineMs)
    } catch (error) {
      await gate.pace(deadlineMs)
      throw error
    }
  }
}

/** @throws TurnwiseError REQUEST_TOO_LARGE */
export function checkCount(things: string, count: number, most: number, setting: string): void {
  if (count <= most) return
  const problem = `There are ${count} ${things}; ${setting} is ${most}.`
  throw new TurnwiseError('REQUEST_TOO_LARGE', problem, { value: count })
}

/** How long a request may take, ms: what its header says, and never more than the setting. */
export function deadlineOf({ headers }: FastifyRequest, mostMs: number): number {
  const given = Number(headers['turnwise-deadline-ms'])
  return given > 0 ? Math.min(given, mostMs) : mostMs
}

/** Counts a decision of a session, and ends its time. */
export function countDecision(
  { health, metrics }: ServerContext,
  source: MetricSource,
  decision: SessionDecision,
  endTimer: () => void,
): void {
  endTimer()
  // An answer that was known says nothing of the model.
  if (decision.tokensRun > 0) health.note()
  metrics.countDecision(source, decision)
}

/** Counts a decision of a session when it comes, and remembers whether the model failed. */
export async function noteDecision<Result extends SessionDecision | undefined>(
  context: ServerContext,
  source: MetricSource,
  answer: Promise<Result> | undefined,
): Promise<Result | undefined> {
  if (answer === undefined) return undefined
  const endTimer = context.metrics.decisionSeconds.startTimer({ source })
  try {
    const decision = await traced('turnwise.model', { source }, () => answer)
    if (decision !== undefined) countDecision(context, source, decision, endTimer)
    return decision
  } catch (error) {
    context.health.note(error)
    throw error
  }
}

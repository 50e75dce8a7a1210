import type { CancelSignal } from '../cancelSignal.js'
import { TurnwiseError } from '../errors.js'
import type { LanguageModel, ModelAnswer, ModelRequest, PrefixState } from '../model.js'

/** A request, and its place among those asked together. */
interface Placed {
  readonly request: ModelRequest
  readonly place: number
}

/**
 * Several copies of a model as one: as many requests run at once as there are copies. A conversation stays with the copy
 * that keeps its state; what has none goes to the least busy.
 *
 * @param models at least one
 */
export function createModelPool(models: readonly LanguageModel[]): LanguageModel {
  const copies = models.map((model) => ({ model, waiting: 0 }))
  const owners = new WeakMap<PrefixState, (typeof copies)[number]>()
  let turn = 0

  function chooseCopy({ prefix }: ModelRequest): (typeof copies)[number] {
    const owner = prefix && owners.get(prefix.state)
    if (owner !== undefined) return owner
    // In turns where none is busier, or all conversations that begin in quiet moments would be one copy's.
    turn += 1
    const inTurn = copies.map((_, index) => copies[(turn + index) % copies.length])
    const [first, ...others] = inTurn.filter((copy) => copy !== undefined)
    if (first === undefined) throw new TurnwiseError('MODEL_FAILED', 'There is no copy of the model.')
    return others.reduce((least, copy) => (copy.waiting < least.waiting ? copy : least), first)
  }

  /** Runs one copy's share; its answers with their places. */
  async function runShare(
    copy: (typeof copies)[number],
    share: readonly Placed[],
    signal: CancelSignal | undefined,
  ): Promise<[place: number, answer: ModelAnswer][]> {
    try {
      const answers = await copy.model.run(
        share.map(({ request }) => request),
        signal,
      )
      return answers.map((answer, index) => {
        if (answer.state !== undefined) owners.set(answer.state, copy)
        return [share[index]?.place ?? 0, answer]
      })
    } finally {
      copy.waiting -= share.length
    }
  }

  return {
    maxBatchSize: models.reduce((sum, { maxBatchSize }) => sum + maxBatchSize, 0),
    maxBatchTokens: models.reduce((sum, { maxBatchTokens }) => sum + maxBatchTokens, 0),
    async run(requests, signal) {
      const shares = new Map<(typeof copies)[number], Placed[]>()
      for (const [place, request] of requests.entries()) {
        const copy = chooseCopy(request)
        copy.waiting += 1
        shares.set(copy, [...(shares.get(copy) ?? []), { request, place }])
      }
      const results = await Promise.allSettled([...shares].map(([copy, share]) => runShare(copy, share, signal)))
      const answers = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined) {
        for (const [, { state }] of answers) state?.release()
        throw failed.reason
      }
      return answers.toSorted(([left], [right]) => left - right).map(([, answer]) => answer)
    },
    async close() {
      await Promise.all(models.map((model) => model.close()))
    },
  }
}

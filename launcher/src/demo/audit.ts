/**
 * Compares the venue's own ledger with our books: nothing lost, nothing doubled (invariants I1 and I2).
 * Called at the end of the demo and of the tests that kill processes. Pure: must never ask our own services to judge.
 */
import { handOrderPrefix, type LedgerOrder } from '@tradewire/contracts/paper/control'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'

export interface Books {
  /** Signals that were answered 200. */
  readonly signalIds: readonly string[]
  readonly followIds: readonly string[]
  readonly brackets: readonly BracketReply[]
  readonly venueOrders: readonly LedgerOrder[]
}

export interface Audit {
  readonly intents: number
  /** Planned and ended before the venue took them: refused by it, or not needed any more when their turn came. */
  readonly untaken: number
  readonly venueOrders: number
  readonly lost: number
  readonly doubled: number
  /** At most a handful of sentences that say what is wrong. */
  readonly findings: readonly string[]
}

const findingsMax = 20
const atVenue = new Set(['working', 'filled', 'cancelled'])

export function audit(books: Books): Audit {
  const lost = [...missingBrackets(books), ...unendedBrackets(books), ...missingOrders(books)]
  const doubled = [...repeatedOrders(books), ...foreignOrders(books)]
  const legs = books.brackets.flatMap((bracket) => bracket.legs)
  const taken = new Set(books.venueOrders.map(({ clientOrderId }) => clientOrderId))
  return {
    intents: legs.length,
    untaken: legs.filter(({ clientOrderId }) => clientOrderId === null || !taken.has(clientOrderId)).length,
    venueOrders: books.venueOrders.length,
    lost: lost.length,
    doubled: doubled.length,
    findings: [...lost, ...doubled].slice(0, findingsMax),
  }
}

/** Every signal that was taken ends in one bracket per follower: held, ended or refused. */
function missingBrackets({ signalIds, followIds, brackets }: Books): string[] {
  const known = new Set(brackets.map(({ signalId, followId }) => `${signalId}|${followId}`))
  return signalIds.flatMap((signalId) =>
    followIds
      .filter((followId) => !known.has(`${signalId}|${followId}`))
      .map((followId) => `signal ${signalId} came to nothing for follow ${followId}`),
  )
}

function unendedBrackets({ brackets }: Books): string[] {
  return brackets
    .filter(({ state }) => !['denied', 'failed', 'closed'].includes(state))
    .map(({ id, state }) => `bracket ${id} ended as ${state}`)
}

function missingOrders({ brackets, venueOrders }: Books): string[] {
  const statusOf = new Map(venueOrders.map(({ clientOrderId, status }) => [clientOrderId, status]))
  return brackets.flatMap(({ id, legs }) =>
    legs
      .filter(({ state, clientOrderId, venueOrderId }) => {
        const status = clientOrderId === null ? undefined : statusOf.get(clientOrderId)
        if (state === 'submitted' || state === 'unknown') return true
        if (state === 'rejected') return status !== undefined && status !== 'rejected'
        return atVenue.has(state) && venueOrderId !== null && status === undefined
      })
      .map(({ leg, state }) => `the ${leg} order of bracket ${id} is ${state} in our books, unlike at the venue`),
  )
}

function repeatedOrders({ venueOrders }: Books): string[] {
  const counts = new Map<string, number>()
  for (const { accountId, clientOrderId, forced } of venueOrders) {
    const key = `${accountId}|${clientOrderId}`
    if (!forced) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].flatMap(([key, count]) =>
    Array.from({ length: count - 1 }, () => `the venue accepted ${key} ${count} times`),
  )
}

/** Orders that the venue has and we do not know of are as bad as doubled ones: somebody holds what nobody planned. */
function foreignOrders({ brackets, venueOrders }: Books): string[] {
  const ours = new Set(brackets.flatMap(({ legs }) => legs.map(({ clientOrderId }) => clientOrderId)))
  return venueOrders
    .filter(({ forced, clientOrderId }) => !forced && !ours.has(clientOrderId))
    .filter(({ clientOrderId }) => !clientOrderId.startsWith(handOrderPrefix))
    .map(({ clientOrderId }) => `the venue has ${clientOrderId}, which is not in our books`)
}

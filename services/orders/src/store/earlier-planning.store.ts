/**
 * What was planned before a signal: of its strategy, and of itself by a planning that was cut short. Called by the planning
 * store, behind the locks of a planning. Must never read all that a strategy has ever sent.
 */
import type { Denial } from '@tradewire/contracts/denials/all'
import type { Transaction } from '@tradewire/database/transaction'
import type { AccountId, FollowId } from '@tradewire/kernel/ids'
import { bracketIdRangeOf } from '../domain/planning/ids.ts'
import type { Signal } from '../domain/planning/signal-plan.ts'
import { minuteMs } from '../domain/stopping/signal-rate.ts'
import { PlannedMeanwhile, type SignalFacts } from '../ports/planning.port.ts'
import { chunkLockOf, holdersOf } from './planning-locks.store.ts'

/**
 * What has been planned of newer signals, and of this one before it was cut short. Few rows: the newer a signal, the
 * fewer lie behind its id. A signal that came in the same millisecond is not newer, and one for chosen followers, or
 * refused to all, takes nobody's place.
 */
const earlierSql = `select (
    select signal_id from signal_plan
    where signal_id > $1 and strategy_id = $2 and received_at > $3 and denial is null and signal -> 'followIds' is null limit 1
  ) as overtaken_by,
  exists (select from ${holdersOf(chunkLockOf('$6', '$7'))}) as orphaned,
  exists (
    select from signal_plan
    where strategy_id = $2 and signal_id <> $1 and denial is null and received_at > $8 offset $9
  ) as frequent,
  exists (select from signal_plan where signal_id = $1) as begun,
  (select denial from signal_plan where signal_id = $1) as refusal,
  (
    select json_agg(json_build_array(account_id, follow_id)) from bracket
    where bracket_id between $4 and $5 and signal_id = $1 and state <> 'denied'
  ) as taking_part`

interface Row {
  /** A chunk is still being stored whose planning has lost its connection, and its locks with it. */
  readonly orphaned: boolean
  readonly overtaken_by: string | null
  readonly frequent: boolean
  readonly begun: boolean
  readonly refusal: Denial | null
  readonly taking_part: readonly (readonly [AccountId, FollowId])[] | null
}

type Earlier = Pick<SignalFacts, 'overtakenBy' | 'isFrequent' | 'begun' | 'refusal' | 'takingPart'>

/** Fails with PlannedMeanwhile while something is still being stored of a planning that has ended. */
export async function earlierOf(tx: Transaction, signal: Signal, frequentFrom: number): Promise<Earlier> {
  const { signalId, strategyId, venue, symbol, receivedAt } = signal
  const [row] = await tx.query<Row>(earlierSql, [
    signalId,
    strategyId,
    receivedAt,
    ...bracketIdRangeOf(signalId),
    venue,
    symbol,
    new Date(Date.parse(receivedAt) - minuteMs),
    Math.max(0, frequentFrom - 1),
  ])
  if (row === undefined || row.orphaned) throw new PlannedMeanwhile(signalId)
  return {
    overtakenBy: row.overtaken_by,
    isFrequent: row.frequent,
    begun: row.begun,
    refusal: row.refusal,
    takingPart: new Map(row.taking_part),
  }
}

/**
 * The locks of plannings: what holds a kill switch up, and another planning of the same symbol. Called by the stores of
 * both. Must never let a chunk be stored whose planning has lost its locks.
 */
import type { Transaction } from '@tradewire/database/transaction'
import type { Signal } from '../domain/planning/signal-plan.ts'
import { PlannedMeanwhile, type PlannerId } from '../ports/planning.port.ts'

/** Plannings hold it shared for as long as they last. */
export const planningLockSql = `hashtextextended(current_schema() || '|planning', 0)`

/** Chunks hold it shared that are stored beside their planning, whose own connection may break first. */
export const chunksLockSql = `hashtextextended(current_schema() || '|chunks', 0)`

/** A planning holds it alone. */
export const symbolLockOf = (venue: string, symbol: string) =>
  `hashtextextended(current_schema() || ${venue} || '|' || ${symbol}, 0)`
/** Its chunks hold it shared. */
export const chunkLockOf = (venue: string, symbol: string) =>
  `hashtextextended(current_schema() || '|chunks|' || ${venue} || '|' || ${symbol}, 0)`
export const holdersOf = (lock: string) => `pg_locks
  where locktype = 'advisory' and granted and database = (select oid from pg_database where datname = current_database())
    and (classid::bigint << 32 | objid::bigint) = ${lock}`

const joinSql = `select pg_advisory_xact_lock_shared(${chunksLockSql}), pg_advisory_xact_lock_shared(${chunkLockOf('$1', '$2')})`

/** Fails where nobody holds it: there is no answer to wait for. */
const stillPlannedSql = `select 1 / count(*) from ${holdersOf(symbolLockOf('$1', '$2'))} and pid = $3`
const divisionByZero = '22012'

/** Nobody waits for its answers: the commit fails as they do. */
export function joinPlanning(tx: Transaction, { signalId, venue, symbol }: Signal, planner: PlannerId): void {
  tx.send(joinSql, [venue, symbol])
  tx.send(stillPlannedSql, [venue, symbol, planner], (cause) =>
    (cause as { readonly code?: unknown }).code === divisionByZero ? new PlannedMeanwhile(signalId, { cause }) : cause,
  )
}

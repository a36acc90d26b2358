/**
 * Reads what the checker judges: the venue's own ledger by its control API, and the rows of the database as its
 * administrator sees them. Called once all is healed. Must never write.
 */
import { ledgerReply, type LedgerReply } from '@tradewire/contracts/paper/control'
import { untilAnswered } from '@tradewire/launcher/demo/cohort'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { Client } from 'pg'
import type { Dump } from '../checker.ts'
import type { RealSystem } from './real-system.ts'

/** Waits for a venue that a fault has just stopped. */
export function readLedger(system: RealSystem): Promise<LedgerReply> {
  const venue = ControlClient.at(system.endpoints.paper?.control ?? '')
  return untilAnswered(() => venue.ask({ method: 'GET', path: '/ledger', query: { view: 'full' } }, ledgerReply))
}

const queries = {
  signals: `select id as "signalId", strategy_id as "strategyId" from signals.signal`,
  follows: `select strategy_id as "strategyId", account_id as "accountId" from signals.follow where active`,
  deniedSignals: `select signal_id as "signalId", denial ->> 'code' as code from orders.signal_plan where denial is not null`,
  brackets: `select bracket_id as "bracketId", signal_id as "signalId", account_id as "accountId", state,
    failure ->> 'code' as "failureCode", opened_at is not null as opened from orders.bracket`,
  attempts: `select intent_id as "intentId", account_id as "accountId", client_order_id as "clientOrderId", state,
    submissions from brokers.attempt`,
  deliveries: `select event, body::json -> 'data' ->> 'trade_id' as "tradeId", state from webhooks.delivery`,
} as const

export function readDump(system: RealSystem): Promise<Dump> {
  return withDatabase(system, dumpOf)
}

export async function dumpOf(client: Client): Promise<Dump> {
  const tables: Record<string, unknown[]> = {}
  for (const [name, sql] of Object.entries(queries)) tables[name] = (await client.query<object>(sql)).rows
  return tables as unknown as Dump
}

/** One connection as the administrator. */
export async function withDatabase<Value>(
  system: RealSystem,
  work: (client: Client) => Promise<Value>,
): Promise<Value> {
  const client = new Client({ connectionString: system.endpoints.database })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

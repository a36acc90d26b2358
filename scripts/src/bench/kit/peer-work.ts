/**
 * The work of one order as a plain user of a queue writes it: insert the row, POST, update the row. The event job is
 * the peer's own. Called by the peers' processes.
 */
import pg from 'pg'
import { Pool } from 'undici'
import { post } from './stub-post.ts'

export interface PeerSettings {
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly exchangeUrl: string
  readonly connections: number
}

export interface PeerJob {
  readonly id: string
  readonly account: string
  readonly clientOrderId: string
  readonly work: 'post-only' | 'same'
}

const sqlConnections = 16
const keepAliveTimeoutMs = 600_000
const insertSql = `insert into orders (id, account_id, client_order_id, side, quantity, price)
  values ($1, $2, $3, 'buy', '0.97', '40000.1')`
const updateSql = `update orders set status = 'accepted', venue_order_id = $2, answered_at = now() where id = $1`

export const peerTable = `create table if not exists orders (
  id uuid primary key, account_id uuid not null, client_order_id text not null unique, side text not null,
  quantity numeric not null, price numeric not null, status text not null default 'submitting', venue_order_id text,
  created_at timestamptz not null default now(), answered_at timestamptz)`

export class PeerWork {
  private readonly sql: pg.Pool
  private readonly exchange: Pool

  constructor({ databaseUrl, exchangeUrl, connections }: PeerSettings) {
    this.sql = new pg.Pool({ connectionString: databaseUrl, max: sqlConnections })
    this.exchange = new Pool(exchangeUrl, { connections, pipelining: 1, keepAliveTimeout: keepAliveTimeoutMs })
  }

  /** Runs `event` after the row says how it ended. */
  async run({ id, account, clientOrderId, work }: PeerJob, event: () => Promise<unknown>): Promise<void> {
    if (work === 'post-only') {
      await this.send(account, clientOrderId)
      return
    }
    await this.sql.query({ name: 'insert', text: insertSql, values: [id, account, clientOrderId] })
    const venueOrderId = await this.send(account, clientOrderId)
    await this.sql.query({ name: 'update', text: updateSql, values: [id, venueOrderId] })
    await event()
  }

  private send(account: string, clientOrderId: string): Promise<string> {
    const body = `{"clientOrderId":"${clientOrderId}","symbol":"BTC/USDT","side":"buy","type":"limit","quantity":"0.97","price":"40000.1"}`
    return new Promise((resolve) => {
      post(this.exchange, { account, body }, (text) => resolve((JSON.parse(text) as { orderId: string }).orderId))
    })
  }
}

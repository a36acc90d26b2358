/**
 * Remembers which life of each stream took our messages and how far all consumers have confirmed them; finds out
 * when a stream lost its store or went back, and sends the rest again (rule R1).
 * Called by OutboxRelay. Must never forget a row that is not confirmed.
 */
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream'
import type { Database } from '@tradewire/database/database'
import { messageIdOf } from '@tradewire/database/outbox-message'
import { messageIdHeader } from './acked-publisher.ts'
import type { BusLogger } from '../bus-logger.ts'
import type { BusMetrics } from '../bus-metrics.ts'
import { type ConsumerProgress, confirmedSequenceOf } from './confirmed-sequence.ts'
import { pruneRequests } from '../questions/idempotent-requests.ts'
import { pruneInbox, pruneRows, releaseMistaken, releaseRows } from './outbox-rows.ts'
import { isStreamMissing, streamNames } from '../streams.ts'

const releaseBatchRows = 5_000
const pruneBatchRows = 2_000
const pruneBatchesMax = 25
/** Rows stay at least this long after publication, confirmed or not. */
const outboxKeepSeconds = 24 * 60 * 60
/** Longer than anything can be delivered again: streams keep 48 hours, and lost stores are replayed within days. */
const inboxKeepSeconds = 14 * 24 * 60 * 60
/** A durable that has been gone this long is not waited for any more: its messages have left the stream. */
const consumerForgetMs = 48 * 60 * 60 * 1_000

export interface StoreWatchDeps {
  readonly database: Database
  readonly logger: BusLogger
  readonly metrics: BusMetrics
  readonly now: () => Date
}

interface StoreRow {
  readonly store: string
  readonly stream: string
  readonly generation: number
  readonly created_at: string
  readonly confirmed_sequence: string
  readonly consumers: Readonly<Record<string, string>>
}

interface MarkedRow {
  readonly id: string
  readonly events: number
  readonly sequence: string
}

const storeColumns = 'store, stream, generation, created_at, confirmed_sequence, consumers'

export class StoreWatch {
  private readonly deps: StoreWatchDeps
  /** Stream name to the store that is current in this session. */
  private current = new Map<string, string>()

  constructor(deps: StoreWatchDeps) {
    this.deps = deps
  }

  /** The store whose sequences a stream gives now; undefined before the first check. */
  storeOf(stream: string): string | undefined {
    return this.current.get(stream)
  }

  /** At each connect, before anything is published: is every stream still the one that took our messages? */
  async check(manager: JetStreamManager): Promise<void> {
    const current = new Map<string, string>()
    for (const stream of streamNames) {
      const store = await this.checkStream(manager, stream)
      if (store !== undefined) current.set(stream, store)
    }
    this.current = current
    await this.releaseLost()
  }

  /** Frees the rows of lost stores, also those that a slow relay has marked since. Bounded statements. */
  async releaseLost(): Promise<void> {
    const lost = await this.deps.database.query<StoreRow>(
      `select ${storeColumns} from bus_store where lost_at > now() - $1::int * interval '1 second'`,
      [inboxKeepSeconds],
    )
    for (const { store, confirmed_sequence: confirmed } of lost) {
      let rows = 0
      let freed: number
      do {
        freed = await releaseRows(this.deps.database, store, confirmed, releaseBatchRows)
        rows += freed
      } while (freed === releaseBatchRows)
      if (rows > 0) this.deps.logger.warn({ store, rows }, 'messages of a lost store are sent again')
    }
  }

  /**
   * Reads the consumers' acknowledgement floors and stores up to where everything is confirmed. False when a stream is
   * gone or lives another life than at the last check: then the bus has to be checked again.
   */
  async confirm(manager: JetStreamManager): Promise<boolean> {
    for (const stream of streamNames) {
      const store = this.current.get(stream)
      // The stream's end is read before the consumers: what comes in between is not confirmed by mistake.
      const info = await infoOf(manager, stream)
      if (store === undefined && info === undefined) continue
      if (store === undefined || info === undefined) return false
      const progress = await progressOf(manager, stream)
      if (!(await this.storeConfirmed(store, info, progress))) return false
    }
    return true
  }

  async prune(): Promise<void> {
    const stores = await this.deps.database.query<StoreRow & { lost: boolean }>(
      `select ${storeColumns}, lost_at is not null as lost from bus_store`,
    )
    for (const { store, confirmed_sequence: confirmedSequence } of stores) {
      await repeat(() =>
        pruneRows(this.deps.database, {
          store,
          confirmedSequence,
          keepSeconds: outboxKeepSeconds,
          rows: pruneBatchRows,
        }),
      )
    }
    await repeat(() => pruneInbox(this.deps.database, inboxKeepSeconds, pruneBatchRows))
    await repeat(() => pruneRequests(this.deps.database, pruneBatchRows))
  }

  /**
   * First what we have marked last, then its message, and the stream itself at the end: what other relays publish
   * meanwhile is not asked for, and what becomes too old meanwhile lies before the stream's beginning by then.
   */
  private async checkStream(manager: JetStreamManager, stream: string): Promise<string | undefined> {
    const known = await this.currentRow(stream)
    const last = known && (await this.lastMarked(known.store))
    const messageId = last && (await messageIdAt(manager, stream, Number(last.sequence)))
    const info = await infoOf(manager, stream)
    if (info === undefined) return undefined
    if (known === undefined) return this.begin(info)
    if (known.created_at === info.created && stands(last, messageId, info)) return known.store
    this.deps.logger.warn(
      { stream, store: known.store },
      'the bus has lost its store; unconfirmed messages follow again',
    )
    this.deps.metrics.storeLost(stream)
    return this.begin(info, known)
  }

  private async lastMarked(store: string): Promise<MarkedRow | undefined> {
    const [last] = await this.deps.database.query<MarkedRow>(
      `select id, event_count as events, stream_sequence as sequence from outbox where store = $1 order by stream_sequence desc limit 1`,
      [store],
    )
    return last
  }

  private async currentRow(stream: string): Promise<StoreRow | undefined> {
    const [row] = await this.deps.database.query<StoreRow>(
      `select ${storeColumns} from bus_store where stream = $1 and lost_at is null
       order by generation desc limit 1`,
      [stream],
    )
    return row
  }

  /** Opens the next life of a stream. Of several relays that see the loss one opens it; the others read it. */
  private async begin({ config, created, state }: StreamInfo, before?: StoreRow): Promise<string> {
    const stream = config.name
    const generation = (before?.generation ?? 0) + 1
    await this.deps.database.transact(async (tx) => {
      if (before !== undefined) {
        await tx.query('update bus_store set lost_at = now() where store = $1 and lost_at is null', [before.store])
        if (before.created_at !== created) await releaseMistaken(tx, before.store, { created, last: state.last_seq })
      }
      await tx.query(
        `insert into bus_store (store, stream, generation, created_at, consumers) values ($1, $2, $3, $4, $5)
         on conflict do nothing`,
        [`${stream}/${generation}`, stream, generation, created, JSON.stringify(before?.consumers ?? {})],
      )
    })
    return `${stream}/${generation}`
  }

  private async storeConfirmed(
    store: string,
    info: StreamInfo,
    progress: ReadonlyMap<string, ConsumerProgress>,
  ): Promise<boolean> {
    const [row] = await this.deps.database.query<StoreRow>(
      `select ${storeColumns} from bus_store where store = $1 and lost_at is null`,
      [store],
    )
    if (row === undefined || row.created_at !== info.created) return false
    const now = this.deps.now()
    const seen = { ...row.consumers }
    for (const name of progress.keys()) seen[name] = now.toISOString()
    for (const [name, at] of Object.entries(seen)) {
      if (now.getTime() - Date.parse(at) > consumerForgetMs) delete seen[name]
    }
    const confirmed = confirmedSequenceOf(info.state.last_seq, Object.keys(seen), progress)
    await this.deps.database.query(
      `update bus_store set confirmed_sequence = greatest(confirmed_sequence, $2), consumers = $3
       where store = $1 and lost_at is null`,
      [store, confirmed, JSON.stringify(seen)],
    )
    return true
  }
}

/** A log is lost from its end: if our last message is where it was acknowledged, all before it are. */
function stands(last: MarkedRow | undefined, messageId: string | undefined, { state }: StreamInfo): boolean {
  if (last === undefined) return true
  // Aged out by max_age: then it is too old to be missing anywhere.
  if (Number(last.sequence) < state.first_seq) return true
  return Array.from({ length: last.events }).some((_, index) => messageIdOf(last.id, index) === messageId)
}

/** Undefined where no message is, or no stream. */
async function messageIdAt(manager: JetStreamManager, stream: string, sequence: number): Promise<string | undefined> {
  try {
    return (await manager.streams.getMessage(stream, { seq: sequence }))?.header.get(messageIdHeader)
  } catch (error) {
    if (isStreamMissing(error)) return undefined
    throw error
  }
}

async function infoOf(manager: JetStreamManager, stream: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(stream)
  } catch (error) {
    if (isStreamMissing(error)) return undefined
    throw error
  }
}

async function progressOf(manager: JetStreamManager, stream: string): Promise<Map<string, ConsumerProgress>> {
  const progress = new Map<string, ConsumerProgress>()
  for await (const consumer of manager.consumers.list(stream)) {
    if (consumer.config.durable_name === undefined) continue
    progress.set(consumer.name, {
      pending: consumer.num_pending,
      unacknowledged: consumer.num_ack_pending,
      deliveredSequence: consumer.delivered.stream_seq,
      floorSequence: consumer.ack_floor.stream_seq,
    })
  }
  return progress
}

async function repeat(batch: () => Promise<number>): Promise<void> {
  for (let batches = 0; batches < pruneBatchesMax; batches += 1) {
    if ((await batch()) < pruneBatchRows) return
  }
}

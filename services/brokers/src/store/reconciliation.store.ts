/**
 * Holdings and drift in PostgreSQL, with the news of lost positions. Called by reconciliation and its report.
 * Must never write without the partition's generation being checked in the same transaction.
 */
import { Injectable } from '@nestjs/common'
import type { DataOf } from '@tradewire/contracts/define-event'
import { positionChanged, positionGone } from '@tradewire/contracts/events/brokers'
import { Database } from '@tradewire/database/database'
import { GroupCommit } from '@tradewire/database/group-commit'
import type { Transaction } from '@tradewire/database/transaction'
import { Decimal, ZERO } from '@tradewire/kernel/decimal'
import { IdSource } from '@tradewire/kernel/ids'
import type { Account } from '#domain/account/account'
import type { DriftFinding } from '#domain/reconcile/drift'
import type { Holding } from '#domain/reconcile/holding'
import type { PositionLoss } from '#domain/reconcile/reconcile'
import type { OwnedPartition } from '#ports/leases.port'
import {
  type AccountBooks,
  type Conclusion,
  type DriftCount,
  type DriftFilter,
  Reconciliations,
  type StoredDrift,
} from '#ports/reconciliations.port'
import { LeaseStore } from './lease.store.ts'

interface HoldingRow {
  readonly account_id: string
  readonly symbol: string
  readonly own: string
  readonly external: string
  readonly counted_until: Date
  readonly counted: readonly { readonly tradeId: string; readonly at: string }[]
}

interface OpenRow extends DriftFinding {
  readonly account_id: string
}

interface DriftRow extends DriftFinding {
  readonly id: string
  readonly found_at: Date
  readonly resolved_at: Date | null
}

interface Concluded {
  readonly account: Account
  readonly owned: OwnedPartition
  readonly conclusion: Conclusion
}

/** Passes that begin or end in the same moment share a transaction: after a start there are thousands. */
const batchRows = 100
const queuedMax = 100_000

@Injectable()
export class ReconciliationStore extends Reconciliations {
  private readonly loads: GroupCommit<string, AccountBooks>
  private readonly conclusions: GroupCommit<Concluded, boolean>

  constructor(
    private readonly database: Database,
    private readonly leases: LeaseStore,
    private readonly ids: IdSource,
  ) {
    super()
    const limits = { batchRows, queuedMax }
    this.loads = new GroupCommit({ ...limits, work: (ids) => database.transact((tx) => loadAll(tx, ids)) })
    this.conclusions = new GroupCommit({
      ...limits,
      work: (all) => database.transact((tx) => this.concludeAll(tx, all)),
    })
  }

  load(accountId: string): Promise<AccountBooks> {
    return this.loads.submit(accountId)
  }

  conclude(account: Account, owned: OwnedPartition, conclusion: Conclusion): Promise<boolean> {
    return this.conclusions.submit({ account, owned, conclusion })
  }

  async list({ seenBy, accountId, afterId, limit, state, kind }: DriftFilter): Promise<StoredDrift[]> {
    const rows = await this.database.queryOwn<DriftRow>(
      seenBy,
      `select id, kind, subject, symbol, details, found_at, resolved_at from drift
       where account_id = $1 and ($2::uuid is null or id < $2) and ($4::text is null or kind = $4)
         and ($5::text is null or (resolved_at is null) = ($5 = 'open'))
       order by id desc limit $3`,
      [accountId, afterId ?? null, limit, kind ?? null, state ?? null],
    )
    return rows.map(({ found_at: foundAt, resolved_at: resolvedAt, ...rest }) => ({ ...rest, foundAt, resolvedAt }))
  }

  async counts(accountId: string, seenBy: string | undefined): Promise<DriftCount[]> {
    return this.database.queryOwn<DriftCount>(
      seenBy,
      `select kind, (count(*) filter (where resolved_at is null))::int as open,
         (count(*) filter (where resolved_at is not null))::int as resolved
       from drift where account_id = $1 group by kind order by kind`,
      [accountId],
    )
  }

  private async concludeAll(tx: Transaction, all: readonly Concluded[]): Promise<boolean[]> {
    const wanted = all.map(({ owned }) => owned)
    const isHeld = await this.leases.fence(tx, wanted)
    const ours = all.filter(({ owned }) => isHeld(owned))
    if (ours.length > 0) await saveRead(tx, ours)
    for (const { account, conclusion } of ours) {
      if (conclusion.resolved.length > 0) await resolve(tx, account.id, conclusion)
      await this.insert(tx, account.id, conclusion)
      const at = conclusion.readAt.toISOString()
      const [gone, changed] = [true, false].map((none) =>
        conclusion.losses.filter(({ held: left }) => left.eq(ZERO) === none).map((each) => newsOf(account, each, at)),
      )
      tx.append(positionChanged, changed ?? [])
      tx.append(positionGone, gone ?? [])
    }
    return all.map((one) => ours.includes(one))
  }

  private async insert(tx: Transaction, accountId: string, { opened, passed, readAt }: Conclusion): Promise<void> {
    const found = [...opened, ...passed]
    if (found.length === 0) return
    await tx.query(
      `insert into drift (id, account_id, kind, subject, symbol, details, found_at, resolved_at)
       select id, $2, kind, subject, symbol, details, $8, case when place > $9 then $8::timestamptz end
       from unnest($1::uuid[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::int[])
         as x (id, kind, subject, symbol, details, place)
       on conflict (account_id, kind, subject) where resolved_at is null do update set details = excluded.details`,
      [
        found.map(() => this.ids.next()),
        accountId,
        found.map(({ kind }) => kind),
        found.map(({ subject }) => subject),
        found.map(({ symbol }) => symbol),
        found.map(({ details }) => JSON.stringify(details)),
        found.map((_, index) => index + 1),
        readAt,
        opened.length,
      ],
    )
  }
}

/** In account order, so that two processes cannot wait for each other. */
async function saveRead(tx: Transaction, all: readonly Concluded[]): Promise<void> {
  const sorted = all.toSorted((a, b) => (a.account.id < b.account.id ? -1 : 1))
  await tx.query(
    `insert into reconciled_account (account_id, first_read_at) select * from unnest($1::uuid[], $2::timestamptz[])
     on conflict (account_id) do nothing`,
    [sorted.map(({ account }) => account.id), sorted.map(({ conclusion }) => conclusion.readAt)],
  )
  const holdings = sorted.flatMap(({ account, conclusion }) =>
    conclusion.holdings.map((holding) => ({ accountId: account.id, ...holding })),
  )
  if (holdings.length === 0) return
  await tx.query(
    `insert into holding (account_id, symbol, own, external, counted_until, counted)
     select * from unnest($1::uuid[], $2::text[], $3::numeric[], $4::numeric[], $5::timestamptz[], $6::jsonb[])
     on conflict (account_id, symbol) do update set own = excluded.own, external = excluded.external,
       counted_until = excluded.counted_until, counted = excluded.counted`,
    [
      holdings.map(({ accountId }) => accountId),
      holdings.map(({ symbol }) => symbol),
      holdings.map(({ own }) => own.toString()),
      holdings.map(({ external }) => external.toString()),
      holdings.map(({ countedUntil }) => countedUntil),
      holdings.map(({ counted }) => JSON.stringify(counted)),
    ],
  )
}

async function resolve(tx: Transaction, accountId: string, { resolved, readAt }: Conclusion): Promise<void> {
  await tx.query(
    `update drift set resolved_at = $4 from unnest($2::text[], $3::text[]) as x (kind, subject)
     where account_id = $1 and drift.kind = x.kind and drift.subject = x.subject and resolved_at is null`,
    [accountId, resolved.map(({ kind }) => kind), resolved.map(({ subject }) => subject), readAt],
  )
}

/** One answer for each account, in order. */
async function loadAll(tx: Transaction, accountIds: readonly string[]): Promise<AccountBooks[]> {
  const read = await tx.query<{ account_id: string; first_read_at: Date }>(
    'select account_id, first_read_at from reconciled_account where account_id = any ($1::uuid[])',
    [accountIds],
  )
  if (read.length === 0) return accountIds.map(() => ({ firstReadAt: null, holdings: [], open: [] }))
  const holdings = await tx.query<HoldingRow>(
    `select account_id, symbol, own, external, counted_until, counted from holding
     where account_id = any ($1::uuid[]) order by symbol`,
    [accountIds],
  )
  const open = await tx.query<OpenRow>(
    `select account_id, kind, subject, symbol, details from drift
     where account_id = any ($1::uuid[]) and resolved_at is null`,
    [accountIds],
  )
  const firstReads = new Map(read.map((row) => [row.account_id, row.first_read_at]))
  const held = Map.groupBy(holdings, (row) => row.account_id)
  const standing = Map.groupBy(open, (row) => row.account_id)
  return accountIds.map((id) => ({
    firstReadAt: firstReads.get(id) ?? null,
    holdings: (held.get(id) ?? []).map(holdingOf),
    open: (standing.get(id) ?? []).map(({ account_id: _, ...finding }) => finding),
  }))
}

function holdingOf(row: HoldingRow): Holding {
  return {
    symbol: row.symbol,
    own: new Decimal(row.own),
    external: new Decimal(row.external),
    countedUntil: row.counted_until,
    counted: row.counted.map(({ tradeId, at }) => ({ tradeId, at: new Date(at) })),
  }
}

function newsOf(
  { id, userId, venue }: Account,
  { symbol, loss, held }: PositionLoss,
  observedAt: string,
): DataOf<typeof positionGone> {
  return {
    accountId: id,
    userId,
    venue,
    symbol,
    side: loss.side,
    lostQuantity: loss.quantity.toString(),
    heldQuantity: held.toString(),
    reason: loss.reason,
    price: loss.price?.toString() ?? null,
    fee: loss.fee.toString(),
    feeCurrency: loss.feeCurrency,
    evidence: { tradeId: loss.tradeId, clientOrderId: loss.clientOrderId },
    executedAt: loss.executedAt?.toISOString() ?? null,
    observedAt,
  }
}

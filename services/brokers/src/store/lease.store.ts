/**
 * Who owns which partition, decided by PostgreSQL's clock. Called by own-partitions and, as a fence, by attempt writes.
 * Must never let two generations of a partition write.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { ProcessIdentity } from '#clients/process-identity.client'
import type { LeaseView } from '#domain/sending/partition-plan'
import { type Heartbeat, type IsHeld, Leases, type OwnedPartition } from '#ports/leases.port'

interface ProcessRow {
  readonly owner: string
  readonly space: string | null
  readonly pid: number
  readonly started: string
  readonly silent: boolean
  readonly now: Date
}

@Injectable()
export class LeaseStore extends Leases {
  /** Owners that were seen to be dead: their leases need not run out. */
  private dead: readonly string[] = []

  constructor(
    private readonly database: Database,
    private readonly identity: ProcessIdentity,
  ) {
    super()
  }

  /** Renews what this process holds, says that it lives and looks around. */
  async heartbeat(owner: string, leaseMs: number): Promise<Heartbeat> {
    return this.database.transact(async (tx) => {
      const { space, pid, started } = this.identity.own
      await tx.query(
        `insert into lease_process (owner, space, pid, started, seen_at) values ($1, $2, $3, $4, clock_timestamp())
         on conflict (owner) do update set seen_at = excluded.seen_at`,
        [owner, space, pid, started],
      )
      await tx.query(
        `update partition_lease set expires_at = clock_timestamp() + $2::int * interval '1 millisecond' where owner = $1`,
        [owner, leaseMs],
      )
      const processes = await this.processes(tx, owner, leaseMs)
      const leases = await tx.query<LeaseView & { generation: string }>(
        `select partition, owner, generation, expires_at < clock_timestamp() or owner = any($1::uuid[]) as expired
         from partition_lease order by partition`,
        [this.dead],
      )
      const living = processes.filter((each) => !each.silent && !this.dead.includes(each.owner)).length
      const now = processes[0]?.now ?? new Date(0)
      return { leases, owned: leases.filter((lease) => lease.owner === owner), living, now }
    })
  }

  /** Takes free, expired or orphaned partitions; the generation grows with each new owner. */
  async take(owner: string, partitions: readonly number[], leaseMs: number): Promise<OwnedPartition[]> {
    return this.database.query<OwnedPartition>(
      `update partition_lease set owner = $1, generation = generation + 1,
         expires_at = clock_timestamp() + $3::int * interval '1 millisecond'
       where partition in (
         select partition from partition_lease
         where partition = any($2::smallint[])
           and (owner is null or expires_at < clock_timestamp() or owner = any($4::uuid[]))
         for update skip locked)
       returning partition, generation`,
      [owner, partitions, leaseMs, this.dead],
    )
  }

  async release(owner: string, partitions: readonly number[]): Promise<void> {
    await this.database.query(
      `update partition_lease set owner = null, expires_at = '-infinity' where owner = $1 and partition = any($2::smallint[])`,
      [owner, partitions],
    )
  }

  /** A stopping process is counted no longer. */
  async leave(owner: string): Promise<void> {
    await this.database.query(
      `with gone as (delete from lease_process where owner = $1)
       update partition_lease set owner = null, expires_at = '-infinity' where owner = $1`,
      [owner],
    )
  }

  /**
   * Which of these are still held in these generations; locked against take-over until commit. Of the locks the
   * weakest: it conflicts with the `for update` of a take-over, and with a renewal not at all. A stronger one would have
   * each renewal wait for all that is being written, and all writes for the renewal.
   */
  async fence(tx: Transaction, wanted: readonly OwnedPartition[]): Promise<IsHeld> {
    const owned = [...new Map(wanted.map((one) => [`${one.partition} ${one.generation}`, one])).values()]
    const rows = await tx.query<OwnedPartition>(
      `select l.partition, l.generation from partition_lease l
       join unnest($1::smallint[], $2::bigint[]) as o (partition, generation)
         on o.partition = l.partition and o.generation = l.generation
       for key share of l`,
      [owned.map(({ partition }) => partition), owned.map(({ generation }) => generation)],
    )
    const held = new Map(rows.map(({ partition, generation }) => [partition, generation]))
    return ({ partition, generation }) => held.get(partition) === generation
  }

  /**
   * All processes, with the dead of this machine found out. One that is silent for as long as its leases last counts
   * no longer once they can be taken, so that one survivor takes all of them at once.
   */
  private async processes(tx: Transaction, owner: string, leaseMs: number): Promise<ProcessRow[]> {
    const processes = await tx.query<ProcessRow>(
      `select owner, space, pid, started, clock_timestamp() as now,
         seen_at < clock_timestamp() - $1::int * interval '1 millisecond' as silent from lease_process`,
      [leaseMs],
    )
    this.dead = processes.filter((each) => each.owner !== owner && this.identity.isDead(each)).map((each) => each.owner)
    return processes
  }
}

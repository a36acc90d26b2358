/**
 * Leverages in PostgreSQL: processes that do not hold an account show them too, and the next one that does goes by them.
 * Called by the send gate and by those who list positions. Must never write for a partition that another process holds.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { setTimeout as delay } from 'node:timers/promises'
import { type LeveragePlace, Leverages, type NotedLeverage } from '#ports/leverages.port'

/** Leverages of a burst are stored together. */
const flushMs = 100

@Injectable()
export class LeverageStore extends Leverages {
  private readonly waiting = new Map<string, NotedLeverage>()
  private flushing = false
  private writing: Promise<void> = Promise.resolve()

  constructor(
    private readonly database: Database,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
  }

  async of(accountId: string): Promise<ReadonlyMap<string, number>> {
    const rows = await this.database.query<{ symbol: string; leverage: number }>(
      'select symbol, leverage from account_leverage where account_id = $1',
      [accountId],
    )
    return new Map(rows.map(({ symbol, leverage }) => [symbol, leverage]))
  }

  note(noted: NotedLeverage): void {
    this.waiting.set(keyOf(noted), noted)
    if (!this.flushing) void this.flush()
  }

  async withdraw(place: LeveragePlace): Promise<void> {
    this.waiting.delete(keyOf(place))
    await this.writing
    await this.write([{ ...place, leverage: null }])
  }

  private async flush(): Promise<void> {
    this.flushing = true
    while (this.waiting.size > 0) {
      await delay(flushMs)
      const all = [...this.waiting.values()]
      this.waiting.clear()
      this.writing = this.write(all).catch((error: unknown) => {
        this.logger.warn({ err: error }, 'leverages could not be noted; those that are shown may be old')
      })
      await this.writing
    }
    this.flushing = false
  }

  private async write(all: readonly NotedLeverage[]): Promise<void> {
    await this.database.query(
      `with noted as materialized (
         select x.account_id, x.symbol, x.leverage
         from unnest($1::uuid[], $2::text[], $3::int[], $4::smallint[], $5::bigint[])
           as x (account_id, symbol, leverage, partition, generation)
         join partition_lease l on l.partition = x.partition and l.generation = x.generation
         for key share of l
       ), gone as (
         delete from account_leverage a using noted n
         where n.leverage is null and a.account_id = n.account_id and a.symbol = n.symbol
       )
       insert into account_leverage (account_id, symbol, leverage, set_at)
       select account_id, symbol, leverage, clock_timestamp() from noted where leverage is not null
       on conflict (account_id, symbol) do update set leverage = excluded.leverage, set_at = excluded.set_at`,
      [
        all.map(({ accountId }) => accountId),
        all.map(({ symbol }) => symbol),
        all.map(({ leverage }) => leverage),
        all.map(({ owned }) => owned.partition),
        all.map(({ owned }) => owned.generation),
      ],
    )
  }
}

function keyOf({ accountId, symbol }: LeveragePlace): string {
  return `${accountId} ${symbol}`
}

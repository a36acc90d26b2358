/**
 * Leverages in PostgreSQL, so that a start does not set those of a thousand accounts again. Called by the send gate.
 * Must never write for a partition that another process holds, nor keep one that is about to change.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { setTimeout as delay } from 'node:timers/promises'
import { type KnownLeverage, Leverages } from '#ports/leverages.port'

/** Leverages of a burst are remembered together. */
const flushMs = 100

@Injectable()
export class LeverageStore extends Leverages {
  private readonly waiting = new Map<string, KnownLeverage>()
  private flushing: Promise<void> | null = null

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

  remember(known: KnownLeverage): void {
    this.waiting.set(keyOf(known.accountId, known.symbol), known)
    this.flushing ??= this.flush().finally(() => {
      this.flushing = null
    })
  }

  async forget(accountId: string, symbol: string): Promise<void> {
    this.waiting.delete(keyOf(accountId, symbol))
    // It may be in what is being written.
    await this.flushing
    await this.database.query('delete from account_leverage where account_id = $1 and symbol = $2', [accountId, symbol])
  }

  private async flush(): Promise<void> {
    while (this.waiting.size > 0) {
      await delay(flushMs)
      const all = [...this.waiting.values()]
      this.waiting.clear()
      await this.write(all).catch((error: unknown) => {
        this.logger.warn({ err: error }, 'leverages could not be remembered; they will be set again')
      })
    }
  }

  private async write(all: readonly KnownLeverage[]): Promise<void> {
    await this.database.query(
      `insert into account_leverage (account_id, symbol, leverage)
       select x.account_id, x.symbol, x.leverage
       from unnest($1::uuid[], $2::text[], $3::int[], $4::smallint[], $5::bigint[])
         as x (account_id, symbol, leverage, partition, generation)
       join partition_lease l on l.partition = x.partition and l.generation = x.generation
       for key share of l
       on conflict (account_id, symbol) do update set leverage = excluded.leverage`,
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

function keyOf(accountId: string, symbol: string): string {
  return `${accountId} ${symbol}`
}

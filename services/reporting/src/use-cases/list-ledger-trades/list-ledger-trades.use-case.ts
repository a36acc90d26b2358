/** Shows what the ledger holds of a user with a strategy. Called over RPC by services that charge for it. Must never be behind a route. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listLedgerTrades } from '@tradewire/contracts/rpc/reporting'
import { pageFrom, readPageToken } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { Ledger, type LedgerTrade } from '../../ports/ledger.port.ts'
import { Worths } from '../../ports/worths.port.ts'

@Injectable()
export class ListLedgerTrades {
  constructor(
    private readonly ledger: Ledger,
    private readonly worths: Worths,
  ) {}

  async execute({
    page,
    ...asked
  }: RequestOf<typeof listLedgerTrades>): Promise<Result<ReplyOf<typeof listLedgerTrades>, CodedError>> {
    const keys = readPageToken(page.nextToken, ['moment', 'id'])
    if (!keys.ok) return keys
    const [closedAt, tradeId] = keys.value ?? []
    const after = closedAt === undefined || tradeId === undefined ? undefined : { closedAt, tradeId }
    const trades = await this.ledger.tradesOf({ ...asked, after, limit: page.limit + 1 })
    const shown = pageFrom(trades, page.limit, {
      keysOf: (trade) => [trade.closedAt, trade.tradeId],
      itemOf: (trade: LedgerTrade) => trade,
    })
    const currencies = [...new Set(shown.items.map(({ currency }) => currency))]
    return ok({ ...shown, dollarRates: await this.worths.dollarRates(currencies) })
  }
}

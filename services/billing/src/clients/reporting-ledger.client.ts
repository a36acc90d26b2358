/** Asks reporting for what trades came to. Implements the RealisedLedger port. Must never keep an answer. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { ledgerTradesPerPageMax, listLedgerTrades } from '@tradewire/contracts/rpc/reporting'
import { decimal, type Decimal } from '@tradewire/kernel/decimal'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { RealisedLedger, type Realised, type RealisedTrade } from '../ports/realised-ledger.port.ts'

@Injectable()
export class ReportingLedger extends RealisedLedger {
  constructor(private readonly rpc: RpcClient) {
    super()
  }

  async of({
    userId,
    strategyId,
    from,
    before,
  }: Parameters<RealisedLedger['of']>[0]): Promise<Result<Realised, CodedError>> {
    const asked = { userId, strategyId, from: from.toISOString(), before: before.toISOString() }
    const trades: RealisedTrade[] = []
    const dollarRates = new Map<string, Decimal>()
    let nextToken: string | undefined
    do {
      const answer = await this.rpc.ask(listLedgerTrades, {
        ...asked,
        page: { limit: ledgerTradesPerPageMax, ...(nextToken === undefined ? {} : { nextToken }) },
      })
      if (!answer.ok) return answer
      for (const { realizedPnl, fees: _, closedAt, ...trade } of answer.value.items) {
        trades.push({ ...trade, realizedPnl: decimal(realizedPnl), closedAt: new Date(closedAt) })
      }
      for (const { currency, usd } of answer.value.dollarRates) dollarRates.set(currency, decimal(usd))
      nextToken = answer.value.nextToken ?? undefined
    } while (nextToken !== undefined)
    return ok({ trades, dollarRates })
  }
}

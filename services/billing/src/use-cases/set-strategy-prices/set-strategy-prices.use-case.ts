/** Says what a strategy costs. Called over RPC by the one who offers it. Must never touch what a running subscription costs. */
import { Injectable } from '@nestjs/common'
import { maySee } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { strategyPriced } from '@tradewire/contracts/events/billing'
import type { setStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { isCurrency } from '../../domain/money/currency.ts'
import { parseMoney } from '../../domain/money/money.ts'
import { Catalogue, type Offer } from '../../ports/catalogue.port.ts'

type Request = RequestOf<typeof setStrategyPrices>
type Reply = ReplyOf<typeof setStrategyPrices>

@Injectable()
export class SetStrategyPrices {
  constructor(
    private readonly database: Database,
    private readonly catalogue: Catalogue,
  ) {}

  async execute({ caller, strategyId, prices }: Request): Promise<Result<Reply, CodedError>> {
    const strategy = await this.catalogue.findStrategy(strategyId)
    if (strategy === undefined || !maySee(caller, strategy.ownerId)) {
      return err(billingErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
    }
    const offers = prices.map(toOffer)
    const kinds = new Set(prices.map(({ currency, cycle }) => `${currency} ${cycle}`))
    if (offers.includes(undefined) || kinds.size < prices.length) return err(billingErrors.of('PRICE_INVALID'))
    await this.database.transact(async (tx) => {
      const revision = await this.catalogue.replaceOffers(tx, strategyId, offers as Offer[])
      const told = prices.map(({ currency, cycle, amount }) => ({ currency, cycle, amount }))
      tx.append(strategyPriced, { strategyId, prices: told, revision })
    })
    return ok({ items: prices })
  }
}

function toOffer({ currency, cycle, amount, trialDays }: Request['prices'][number]): Offer | undefined {
  const parsed = isCurrency(currency) ? parseMoney(amount, currency) : undefined
  return parsed && { cycle, amount: parsed, trialDays }
}

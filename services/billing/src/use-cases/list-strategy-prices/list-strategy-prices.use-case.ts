/** Lists what a strategy costs. Called over RPC. Must never show what others pay. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listStrategyPrices } from '@tradewire/contracts/rpc/billing/prices'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { moneyText } from '../../domain/money/money.ts'
import { Catalogue } from '../../ports/catalogue.port.ts'

@Injectable()
export class ListStrategyPrices {
  constructor(private readonly catalogue: Catalogue) {}

  async execute({
    strategyId,
  }: RequestOf<typeof listStrategyPrices>): Promise<Result<ReplyOf<typeof listStrategyPrices>, CodedError>> {
    const strategy = await this.catalogue.findStrategy(strategyId)
    if (strategy === undefined) return err(billingErrors.of('STRATEGY_NOT_FOUND', { strategyId }))
    const offers = await this.catalogue.offers(strategyId)
    return ok({
      items: offers.map(({ amount, ...offer }) => ({ ...offer, amount: moneyText(amount), currency: amount.currency })),
    })
  }
}

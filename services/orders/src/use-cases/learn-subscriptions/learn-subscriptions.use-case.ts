/**
 * Hears what strategies cost and who has paid for them, and lets those go whose subscription is over for good, in the way
 * that they have chosen. Called with billing's events. Must never close for someone who has only not paid yet.
 */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { type PriceNews, type SubscriptionNews, Subscriptions } from '../../ports/subscriptions.port.ts'
import { CloseOpenBrackets } from '../close-open-brackets/close-open-brackets.use-case.ts'

@Injectable()
export class LearnSubscriptions {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly closeOpenBrackets: CloseOpenBrackets,
    private readonly clock: Clock,
  ) {}

  async execute(
    {
      prices,
      subscriptions,
    }: { readonly prices: readonly PriceNews[]; readonly subscriptions: readonly SubscriptionNews[] },
    tx: Transaction,
  ): Promise<void> {
    if (prices.length > 0) await this.subscriptions.rememberPrices(tx, prices)
    const ofStrategies = subscriptions.filter(({ subject }) => subject.kind === 'strategy')
    if (ofStrategies.length === 0) return
    await this.subscriptions.remember(tx, ofStrategies)
    for (const ended of ofStrategies.filter(({ standing }) => standing === 'ended')) await this.leave(tx, ended)
  }

  /** Transactions of their own: told again after a crash, what is closing already is left alone. */
  private async leave(tx: Transaction, ended: SubscriptionNews): Promise<void> {
    for (const { followId, settings } of await this.subscriptions.unserved(tx, ended, this.clock.now())) {
      if (settings.onSubscriptionEnd !== 'close') continue
      await this.closeOpenBrackets.execute({ followId }, { sparesKept: true })
    }
  }
}

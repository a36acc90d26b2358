/**
 * Hears what strategies cost and who has paid for them, and lets those go whose subscription is over for good, in the way
 * that they have chosen. Called with billing's events. Must never close for someone who has only not paid yet,
 * nor let one that cannot be closed hold up the others.
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
    const errors: unknown[] = []
    for (const ended of ofStrategies.filter(({ standing }) => standing === 'ended'))
      errors.push(...(await this.leave(tx, ended)))
    if (errors.length > 0) throw new AggregateError(errors, `${errors.length} follows cannot be closed`)
  }

  /**
   * Transactions of their own: told again after a crash, or for those that could not be closed, what is closing already is
   * left alone. Answers what went wrong, which holds up no other follow.
   */
  private async leave(tx: Transaction, ended: SubscriptionNews): Promise<unknown[]> {
    const leaving = await this.subscriptions.unserved(tx, ended, this.clock.now())
    const closing = leaving.filter(({ settings }) => settings.onSubscriptionEnd === 'close')
    const errors: unknown[] = []
    for (const { followId } of closing) {
      const closed = this.closeOpenBrackets.execute({ followId }, { sparesKept: true })
      await closed.catch((error: unknown) => errors.push(error))
    }
    return errors
  }
}

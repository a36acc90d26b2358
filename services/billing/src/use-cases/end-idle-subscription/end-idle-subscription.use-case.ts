/**
 * Ends a subscription that serves nothing at the provider that charges it. Called before what it charged is given back.
 * Must never end one that is in force, nor be called inside a transaction.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { isInForce } from '../../domain/subscriptions/subscription.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { SettleSubscription } from '../settle-subscription/settle-subscription.use-case.ts'

@Injectable()
export class EndIdleSubscription {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly settleSubscription: SettleSubscription,
  ) {}

  /** False while its provider does not say: it is asked again. */
  async execute(subscriptionId: string): Promise<boolean> {
    const idle = await this.bills.findSubscription(subscriptionId, undefined)
    if (idle === undefined || idle.externalId === null || isInForce(idle)) return true
    const ended = await this.providers.of(idle.provider)?.cancel(idle.externalId, 'now')
    if (ended === undefined) return false
    // It refuses to end what is over.
    if (!ended.ok) return ended.error.kind === 'refused'
    await this.database.transact(async (tx) => {
      const locked = await this.bills.lockSubscription(tx, { id: subscriptionId })
      if (locked !== undefined) await this.settleSubscription.execute(tx, locked, { endsAt: ended.value })
    })
    return true
  }
}

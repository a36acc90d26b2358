/**
 * Gives back what was paid for nothing. Called for each that is due. Must never give back twice: the
 * provider is asked under the payment's own key, and what it says is taken in as everything is that it tells.
 */
import { Injectable } from '@nestjs/common'
import { noticeRaised } from '@tradewire/contracts/events/notices'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { uuidOfHash } from '@tradewire/kernel/ids'
import type { Payment } from '../../domain/bills/bill.ts'
import { money } from '../../domain/money/money.ts'
import { givenBackMinor } from '../../domain/payments/payment.ts'
import { surplusNotice } from '../../domain/payments/surplus.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { ProviderEvents } from '../../ports/provider-events.port.ts'

@Injectable()
export class GiveBackSurplus {
  constructor(
    private readonly database: Database,
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly events: ProviderEvents,
    private readonly clock: Clock,
  ) {}

  /** False while its provider does not say: it is asked again. */
  async execute(payment: Payment): Promise<boolean> {
    const outcome = await this.giveBack(payment)
    if (outcome === undefined) return false
    await this.settle(payment, outcome)
    return true
  }

  private async giveBack({ id, provider: code, externalId, amount, facts }: Payment) {
    const provider = this.providers.of(code)
    const left = facts.capturedMinor - givenBackMinor(facts)
    if (left <= 0n) return 'returned' as const
    if (provider === undefined || externalId === null) return undefined
    if (provider.capabilities.refunds === 'none') return 'kept' as const
    const refunded = await provider.refund(externalId, money(left, amount.currency), uuidOfHash(`surplus|${id}`))
    if (!refunded.ok) return refunded.error.kind === 'refused' ? ('kept' as const) : undefined
    await this.events.deliver(code, refunded.value, this.clock.now())
    return 'returned' as const
  }

  private settle(payment: Payment, outcome: 'returned' | 'kept'): Promise<void> {
    return this.database.transact(async (tx) => {
      if (!(await this.bills.settleSurplus(tx, payment.id, outcome))) return
      tx.append(noticeRaised, surplusNotice(payment, outcome, this.clock.now()))
    })
  }
}

/** Gives money of a payment back through its provider. Called over RPC by operators. Must never give back more than is left. */
import { Injectable } from '@nestjs/common'
import { visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { refundPayment } from '@tradewire/contracts/rpc/billing/payments'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import type { Payment } from '../../domain/bills/bill.ts'
import { viewPayment } from '../../domain/bills/bill-views.ts'
import { money, moneyText, parseMoney, type Money } from '../../domain/money/money.ts'
import { givenBackMinor } from '../../domain/payments/payment.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { ProviderEvents } from '../../ports/provider-events.port.ts'
import { codedFailure } from '../open-checkout/open-checkout.use-case.ts'
import { ProcessEvents } from '../process-events/process-events.use-case.ts'

type Request = RequestOf<typeof refundPayment>
type Reply = ReplyOf<typeof refundPayment>

@Injectable()
export class RefundPayment {
  constructor(
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly events: ProviderEvents,
    private readonly processEvents: ProcessEvents,
    private readonly clock: Clock,
  ) {}

  /** The refund is booked as everything is that a provider tells, so a delivery that tells of it too changes nothing. */
  async execute({ caller, paymentId, amount: wanted, requestId }: Request): Promise<Result<Reply, CodedError>> {
    const payment = await this.bills.findPayment(paymentId, visibleTo(caller))
    if (payment === undefined) return err(billingErrors.of('PAYMENT_NOT_FOUND', { paymentId }))
    const provider = this.providers.of(payment.provider)
    if (provider === undefined) return err(billingErrors.of('PROVIDER_NOT_AVAILABLE', { provider: payment.provider }))
    const amount = refundable(payment, wanted)
    if (provider.capabilities.refunds === 'none' || amount === undefined || payment.externalId === null) {
      return err(billingErrors.of('REFUND_REFUSED', { left: moneyText(leftOf(payment)) }))
    }
    const refunded = await provider.refund(payment.externalId, amount, requestId)
    if (!refunded.ok) return err(codedFailure(refunded.error))
    const now = this.clock.now()
    await this.processEvents.execute(await this.events.storeClaimed(payment.provider, refunded.value, now))
    return ok(viewPayment((await this.bills.findPayment(paymentId, visibleTo(caller))) ?? payment))
  }
}

function leftOf({ facts, amount }: Payment): Money {
  return money(facts.capturedMinor - givenBackMinor(facts), amount.currency)
}

function refundable(payment: Payment, wanted: string | undefined): Money | undefined {
  const left = leftOf(payment)
  const amount = wanted === undefined ? left : parseMoney(wanted, left.currency)
  return amount !== undefined && amount.minor > 0n && amount.minor <= left.minor ? amount : undefined
}

/**
 * Takes what a provider's form gave the payer to bring back. Called over RPC by the payer's page; deliveries tell the same.
 * Must never believe it for more than a hint: proven, it is stored and worked on as every event is.
 */
import { Injectable } from '@nestjs/common'
import { maySee, visibleTo } from '@tradewire/contracts/caller'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { confirmPayment } from '@tradewire/contracts/rpc/billing/payments'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { viewPayment } from '../../domain/bills/bill-views.ts'
import { Bills } from '../../ports/bills.port.ts'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'
import { ProviderEvents } from '../../ports/provider-events.port.ts'
import { ProcessEvents } from '../process-events/process-events.use-case.ts'

type Request = RequestOf<typeof confirmPayment>
type Reply = ReplyOf<typeof confirmPayment>

@Injectable()
export class ConfirmPayment {
  constructor(
    private readonly bills: Bills,
    private readonly providers: PaymentProviders,
    private readonly events: ProviderEvents,
    private readonly processEvents: ProcessEvents,
    private readonly clock: Clock,
  ) {}

  async execute({ caller, paymentId, proof }: Request): Promise<Result<Reply, CodedError>> {
    const payment = await this.bills.findPayment(paymentId, visibleTo(caller))
    if (payment === undefined || !maySee(caller, payment.userId)) {
      return err(billingErrors.of('PAYMENT_NOT_FOUND', { paymentId }))
    }
    const heard = this.providers.of(payment.provider)?.hearPayer(proof)
    if (heard === undefined) return err(billingErrors.of('PROOF_REFUSED'))
    const now = this.clock.now()
    await this.processEvents.execute(await this.events.storeClaimed(payment.provider, heard, now))
    return ok(viewPayment((await this.bills.findPayment(paymentId, visibleTo(caller))) ?? payment))
  }
}

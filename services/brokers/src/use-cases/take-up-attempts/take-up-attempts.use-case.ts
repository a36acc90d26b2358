/**
 * Goes on with one account's recovered attempts. Called by recover-attempts.
 * Must never send an attempt whose row says that it may stand at the venue.
 */
import { Injectable } from '@nestjs/common'
import { Desk, type OpenAttempt } from '#domain/sending/desk'
import { CancelOrders } from '../cancel-orders/cancel-orders.use-case.ts'
import { ResolveUnknown } from '../resolve-unknown/resolve-unknown.use-case.ts'

@Injectable()
export class TakeUpAttempts {
  constructor(
    private readonly desk: Desk,
    private readonly resolver: ResolveUnknown,
    private readonly cancels: CancelOrders,
  ) {}

  execute(own: readonly OpenAttempt[]): void {
    for (const one of own) {
      const { state, cancelRequested, command } = one.attempt
      if (state === 'submitting' || state === 'unknown') this.resolver.execute(one)
      if (cancelRequested) this.cancels.request(command.intentId)
    }
    // Entries among them wait in their lanes until the account's venue has been read.
    for (const one of own) if (one.attempt.state === 'queued') this.desk.enqueue(one, 'submit')
  }
}

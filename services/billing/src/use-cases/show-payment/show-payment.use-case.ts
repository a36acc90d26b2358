/** How a payment stands, for whoever comes back from a provider's page: its id is all that they have. Called by that page. Must never show whose it is. */
import { Injectable } from '@nestjs/common'
import { isPaymentId, type Payment } from '../../domain/bills/bill.ts'
import { Bills } from '../../ports/bills.port.ts'

@Injectable()
export class ShowPayment {
  constructor(private readonly bills: Bills) {}

  async execute(id: string): Promise<Payment | undefined> {
    return isPaymentId(id) ? this.bills.findPayment(id, undefined) : undefined
  }
}

/** Shows the tax of each country. Called over RPC. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { listTaxRates } from '@tradewire/contracts/rpc/billing/profile'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { TaxRates } from '../../ports/taxes.port.ts'

@Injectable()
export class ListTaxRates {
  constructor(private readonly rates: TaxRates) {}

  async execute(): Promise<Result<ReplyOf<typeof listTaxRates>, CodedError>> {
    return ok({ items: await this.rates.all() })
  }
}

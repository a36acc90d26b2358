/** Says what taxes there are, all at once. Called over RPC by operators. Must never touch what was sold. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { setTaxRates } from '@tradewire/contracts/rpc/billing/profile'
import { Database } from '@tradewire/database/database'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { TaxRates } from '../../ports/taxes.port.ts'

@Injectable()
export class SetTaxRates {
  constructor(
    private readonly database: Database,
    private readonly taxRates: TaxRates,
  ) {}

  async execute({ rates }: RequestOf<typeof setTaxRates>): Promise<Result<ReplyOf<typeof setTaxRates>, CodedError>> {
    const countries = new Set(rates.map(({ country }) => country))
    if (countries.size < rates.length) return err(billingErrors.of('TAX_RATE_TWICE'))
    await this.database.transact((tx) => this.taxRates.replaceAll(tx, rates))
    return ok({ items: rates })
  }
}

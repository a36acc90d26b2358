/** Shows which payment providers are switched on and what each can do. Called over RPC. Must never show a key. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { listProviders } from '@tradewire/contracts/rpc/billing/providers'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { PaymentProviders } from '../../ports/payment-provider.port.ts'

@Injectable()
export class ListProviders {
  constructor(private readonly providers: PaymentProviders) {}

  async execute(): Promise<Result<ReplyOf<typeof listProviders>, CodedError>> {
    const items = this.providers.all().map(({ code, capabilities: { currencies, checkouts, ...rest } }) => ({
      provider: code,
      currencies: [...currencies],
      checkouts: [...checkouts],
      ...rest,
    }))
    return ok({ items })
  }
}

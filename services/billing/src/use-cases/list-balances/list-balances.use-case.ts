/** Shows the balances of the books, and that they balance. Called over RPC by operators. Must never answer from anything but the entries. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { listBalances } from '@tradewire/contracts/rpc/billing/books'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { money, moneyText } from '../../domain/money/money.ts'
import { Books } from '../../ports/books.port.ts'

@Injectable()
export class ListBalances {
  constructor(private readonly books: Books) {}

  async execute(): Promise<Result<ReplyOf<typeof listBalances>, CodedError>> {
    const balances = await this.books.balances()
    return ok({
      items: balances.map(({ account, currency, minor }) => ({
        account,
        currency,
        balance: moneyText(money(minor, currency)),
      })),
      imbalance: (await this.books.imbalance()).toString(),
    })
  }
}

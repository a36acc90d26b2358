/** Makes the statement of an owner. Called over RPC and for its file. Must never show another owner's, nor a part as the whole. */
import { Injectable } from '@nestjs/common'
import { seesAll } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getStatement, StatementReply } from '@tradewire/contracts/rpc/billing/payouts'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { billingErrors } from '../../billing.errors.ts'
import { isCurrency } from '../../domain/money/currency.ts'
import { statementOf } from '../../domain/books/statement.ts'
import { Payouts } from '../../ports/payouts.port.ts'

/** Some hundred kilobytes as a table. */
const linesMax = 5_000

@Injectable()
export class GetStatement {
  constructor(private readonly payouts: Payouts) {}

  async execute({ caller, window }: RequestOf<typeof getStatement>): Promise<Result<StatementReply, CodedError>> {
    const ownerId = seesAll(caller) ? (window.ownerId ?? caller.userId) : caller.userId
    const { currency } = window
    if (!isCurrency(currency)) return err(billingErrors.of('PRICE_INVALID', { currency }))
    const wanted = { ownerId, currency, from: new Date(window.from), before: new Date(window.before) }
    const movements = await this.payouts.movements(wanted, linesMax + 1)
    if (movements.length > linesMax) return err(billingErrors.of('STATEMENT_TOO_LONG', { linesMax }))
    return ok(statementOf(wanted, await this.payouts.opening(wanted), movements))
  }
}

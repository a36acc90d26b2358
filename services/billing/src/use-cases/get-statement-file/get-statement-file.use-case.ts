/** Makes the statement of an owner as a table. Called over RPC. Must never say anything else than the statement. */
import { Injectable } from '@nestjs/common'
import type { FileReply } from '@tradewire/contracts/define-route'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { getStatementFile } from '@tradewire/contracts/rpc/billing/payouts'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { statementTable } from '../../domain/books/statement.ts'
import { GetStatement } from '../get-statement/get-statement.use-case.ts'

@Injectable()
export class GetStatementFile {
  constructor(private readonly getStatement: GetStatement) {}

  async execute(request: RequestOf<typeof getStatementFile>): Promise<Result<FileReply, CodedError>> {
    const statement = await this.getStatement.execute(request)
    if (!statement.ok) return statement
    const { from, before, currency } = statement.value
    const name = `statement-${currency}-${from.slice(0, 10)}-${before.slice(0, 10)}.csv`
    return ok({ name, base64: Buffer.from(statementTable(statement.value), 'utf8').toString('base64') })
  }
}

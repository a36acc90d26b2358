/** Answers owners with their statements. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/billing/payouts'
import { GetStatement } from '../../use-cases/get-statement/get-statement.use-case.ts'
import { GetStatementFile } from '../../use-cases/get-statement-file/get-statement-file.use-case.ts'

@Controller()
export class StatementsController {
  constructor(
    private readonly getStatement: GetStatement,
    private readonly getStatementFile: GetStatementFile,
  ) {}

  @Answer(rpc.getStatement)
  statement(request: RequestOf<typeof rpc.getStatement>) {
    return this.getStatement.execute(request)
  }

  @Answer(rpc.getStatementFile)
  file(request: RequestOf<typeof rpc.getStatementFile>) {
    return this.getStatementFile.execute(request)
  }
}

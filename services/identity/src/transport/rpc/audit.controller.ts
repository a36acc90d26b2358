/** Answers for the audit log over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import * as rpc from '@tradewire/contracts/rpc/audit'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { ListAudit } from '#use-cases/list-audit/list-audit.use-case'
import { RecordAct } from '#use-cases/record-act/record-act.use-case'

@Controller()
export class AuditController {
  constructor(
    private readonly recording: RecordAct,
    private readonly listing: ListAudit,
  ) {}

  @Answer(rpc.recordAct)
  record(act: RequestOf<typeof rpc.recordAct>): Promise<Result<ReplyOf<typeof rpc.recordAct>, CodedError>> {
    return this.recording.execute(act)
  }

  @Answer(rpc.listAudit)
  list(request: RequestOf<typeof rpc.listAudit>): Promise<Result<ReplyOf<typeof rpc.listAudit>, CodedError>> {
    return this.listing.execute(request)
  }
}

/** The audit log, page by page. Called by the audit controller for operators. Must never leave an entry out. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listAudit } from '@tradewire/contracts/rpc/audit'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { AuditLog } from '#ports/audit-log.port'

@Injectable()
export class ListAudit {
  constructor(private readonly log: AuditLog) {}

  /** Fails with PAGE_TOKEN_INVALID. */
  execute({ filter, page }: RequestOf<typeof listAudit>): Promise<Result<ReplyOf<typeof listAudit>, CodedError>> {
    return this.log.list(filter, page)
  }
}

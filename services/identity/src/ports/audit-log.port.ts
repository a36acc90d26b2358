/** The audit log as use cases need it. Implemented by store/. Must never change or drop an entry. */
import type { AuditAct, AuditEntry } from '@tradewire/contracts/audit-chain'
import type { PageQuery } from '@tradewire/contracts/common'
import type { Page } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface AuditFilter {
  readonly userId?: string | undefined
  readonly operation?: string | undefined
  readonly actId?: string | undefined
}

export abstract class AuditLog {
  /** Committed when it resolves. */
  abstract add(act: AuditAct): Promise<void>
  /** Oldest first. Fails with PAGE_TOKEN_INVALID. */
  abstract list(filter: AuditFilter, page: PageQuery): Promise<Result<Page<AuditEntry>, CodedError>>
}

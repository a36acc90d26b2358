/** Adds an act to the audit log. Called by the audit controller. Must never answer before it is committed. */
import { Injectable } from '@nestjs/common'
import type { AuditAct } from '@tradewire/contracts/audit-chain'
import { ok, type Ok } from '@tradewire/kernel/result'
import { AuditLog } from '#ports/audit-log.port'

@Injectable()
export class RecordAct {
  constructor(private readonly log: AuditLog) {}

  async execute(act: AuditAct): Promise<Ok<Record<string, never>>> {
    await this.log.add(act)
    return ok({})
  }
}

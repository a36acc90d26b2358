/** Tells identity's audit log by RPC. Implements the AuditLog port. Must never hold up an exit. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { AuditAct } from '@tradewire/contracts/audit-chain'
import { recordAct } from '@tradewire/contracts/rpc/audit'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { AskedAct } from '#domain/audited-act'
import { gatewayErrors } from '#gateway.errors'
import { AuditLog } from '#ports/audit-log.port'

@Injectable()
export class IdentityAudit extends AuditLog {
  constructor(
    private readonly rpc: RpcClient,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
  }

  async asked(act: AskedAct): Promise<Result<void, CodedError>> {
    const stored = await this.record(act, 'asked', null)
    return stored || act.mustPass ? ok(undefined) : err(gatewayErrors.of('AUDIT_UNAVAILABLE'))
  }

  async ended(act: AskedAct, outcome: string): Promise<void> {
    await this.record(act, 'ended', outcome)
  }

  /** True when it is stored; a lost entry is logged with all it would have said. */
  private async record(act: AskedAct, kind: AuditAct['kind'], outcome: string | null): Promise<boolean> {
    const { mustPass: _, ...told } = act
    const entry = { ...told, kind, outcome }
    const reply = await this.rpc.ask(recordAct, entry)
    if (!reply.ok) this.logger.error({ entry, code: reply.error.code }, 'an entry of the audit log was not stored')
    return reply.ok
  }
}

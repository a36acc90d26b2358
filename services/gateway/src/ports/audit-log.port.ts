/** Who asked for what, told to the audit log. Implemented by clients/. Must never be told a body: it may hold secrets. */
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import type { AskedAct } from '#domain/audited-act'

export abstract class AuditLog {
  /** Before the act is carried out; it resolves when the entry is stored. Fails with AUDIT_UNAVAILABLE. */
  abstract asked(act: AskedAct): Promise<Result<void, CodedError>>
  /** What became of it: ok or the refusal's code. Never rejects: the act is known from its first entry. */
  abstract ended(act: AskedAct, outcome: string): Promise<void>
}

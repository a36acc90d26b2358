/**
 * The audit log in PostgreSQL, one entry after the other. Implements the AuditLog port.
 * Must never add two entries at once: each continues the chain of the one before.
 */
import { Injectable } from '@nestjs/common'
import { type AuditAct, type AuditEntry, chainStart, hashOf } from '@tradewire/contracts/audit-chain'
import type { PageQuery } from '@tradewire/contracts/common'
import { Database } from '@tradewire/database/database'
import { pageFrom, readPageToken, type Page } from '@tradewire/database/page'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'
import { type AuditFilter, AuditLog } from '#ports/audit-log.port'

interface EntryRow {
  readonly sequence: string
  readonly at: Date
  readonly act_id: string
  readonly kind: AuditEntry['kind']
  readonly user_id: string
  readonly credential_id: string
  readonly operation: string
  readonly subject: Record<string, string>
  readonly address: string
  readonly outcome: string | null
  readonly hash: string
}

const columns = 'sequence, at, act_id, kind, user_id, credential_id, operation, subject, address, outcome, hash'

@Injectable()
export class SqlAuditLog extends AuditLog {
  constructor(private readonly database: Database) {
    super()
  }

  async add(act: AuditAct): Promise<void> {
    await this.database.transact(async (tx) => {
      await tx.lockNamed('audit log')
      const [head] = await tx.query<{ sequence: string | null; hash: string | null; now: Date }>(
        `select e.sequence, e.hash, date_trunc('milliseconds', clock_timestamp()) as now from (select 1) as always
         left join (select sequence, hash from audit_entry order by sequence desc limit 1) e on true`,
      )
      if (head === undefined) throw new Error('the end of the audit log is always one row')
      const entry = { ...act, sequence: Number(head.sequence ?? 0) + 1, at: head.now.toISOString() }
      await tx.query(`insert into audit_entry (${columns}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, [
        entry.sequence,
        entry.at,
        entry.actId,
        entry.kind,
        entry.userId,
        entry.credentialId,
        entry.operation,
        JSON.stringify(entry.subject),
        entry.address,
        entry.outcome,
        hashOf(head.hash ?? chainStart, entry),
      ])
    })
  }

  async list(filter: AuditFilter, page: PageQuery): Promise<Result<Page<AuditEntry>, CodedError>> {
    const after = readPageToken(page.nextToken, ['number'])
    if (!after.ok) return after
    const rows = await this.database.query<EntryRow>(
      `select ${columns} from audit_entry
       where sequence > $1::bigint and ($2::uuid is null or user_id = $2) and ($3::text is null or operation = $3)
         and ($4::uuid is null or act_id = $4)
       order by sequence limit $5`,
      [after.value?.[0] ?? '0', filter.userId ?? null, filter.operation ?? null, filter.actId ?? null, page.limit + 1],
    )
    return ok(pageFrom(rows, page.limit, { keysOf: ({ sequence }) => [sequence], itemOf: entryOf }))
  }
}

function entryOf(row: EntryRow): AuditEntry {
  return {
    sequence: Number(row.sequence),
    at: row.at.toISOString(),
    actId: row.act_id,
    kind: row.kind,
    userId: row.user_id,
    credentialId: row.credential_id,
    operation: row.operation,
    subject: row.subject,
    address: row.address,
    outcome: row.outcome,
    hash: row.hash,
  }
}

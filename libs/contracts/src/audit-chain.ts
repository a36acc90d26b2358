/**
 * The chain of the audit log: each entry's hash covers the entry and the hash before it, so that nothing can be changed,
 * left out or put in between without every later hash changing. Called by identity, which writes it, and by the command
 * that verifies it. Pure; must never change how an entry is hashed once released.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { timestamp } from './common.ts'

/** An act has two entries: `asked` before it is carried out, `ended` with what became of it. */
export const auditKinds = ['asked', 'ended'] as const

const act = {
  actId: z.uuid().meta({ description: 'Shared by the two entries of an act' }),
  kind: z.enum(auditKinds),
  userId: z.uuid(),
  credentialId: z.uuid().meta({ description: 'Session or API key that it was asked with' }),
  operation: z
    .string()
    .max(80)
    .meta({ examples: ['disableUser'] }),
  subject: z
    .record(z.string().max(40), z.string().max(200))
    .meta({ description: 'Parameters of the path', examples: [{ userId: 'a12565e5-567b-432a-93b2-6349653010d9' }] }),
  address: z.string().max(64),
  outcome: z
    .string()
    .max(80)
    .nullable()
    .meta({ description: 'ok or the code of the refusal; null when asked', examples: ['ok'] }),
}

/** What the gateway tells of an act. Bodies are left out: they may hold secrets. */
export const auditAct = z.strictObject(act)
export type AuditAct = z.output<typeof auditAct>

export const auditEntry = z
  .strictObject({
    sequence: z.int().positive().meta({ description: '1, 2, 3 and so on without gaps' }),
    at: timestamp,
    ...act,
    hash: z.string().meta({ description: 'SHA-256 over this entry and the hash before it, in hex' }),
  })
  .meta({ id: 'AuditEntry' })
export type AuditEntry = z.output<typeof auditEntry>

/** Stands before the first entry. */
export const chainStart = '0'.repeat(64)

export function hashOf(previous: string, entry: Omit<AuditEntry, 'hash'>): string {
  const { sequence, at, actId, kind, userId, credentialId, operation, subject, address, outcome } = entry
  const named = Object.entries(subject).toSorted(([left], [right]) => (left < right ? -1 : 1))
  const fields = [sequence, at, actId, kind, userId, credentialId, operation, named, address, outcome]
  return createHash('sha256')
    .update(`${previous}\n${JSON.stringify(fields)}`)
    .digest('hex')
}

/** Follows the chain entry by entry; the first that does not continue it is the break. */
export class ChainCheck {
  private sequence = 0
  private last = chainStart
  private broken: number | null = null

  /** Entries in order, from the first. Further entries are not looked at once the chain has broken. */
  take(entries: readonly AuditEntry[]): void {
    for (const entry of entries) {
      if (this.broken !== null) return
      const expected = this.sequence + 1
      if (entry.sequence !== expected || entry.hash !== hashOf(this.last, entry)) {
        this.broken = expected
        return
      }
      this.sequence = expected
      this.last = entry.hash
    }
  }

  /** `head` is the hash of the last entry that was whole: noted elsewhere, it tells later whether entries were cut off. */
  get result(): { readonly entries: number; readonly head: string; readonly brokenAt: number | null } {
    return { entries: this.sequence, head: this.last, brokenAt: this.broken }
  }
}

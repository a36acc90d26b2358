/**
 * Sessions, API keys and users whose credentials no longer count although they have not expired yet, and users whose
 * roles have changed. Fed by news from identity, asked on every request and by open streams.
 * Must never keep a revocation longer than a token can live.
 */
import { NewestKept } from '@tradewire/kernel/newest-kept'

export class RevocationList {
  private readonly untilMs = new Map<string, number>()
  private readonly lifetimeMs: number
  /** Of each user the number of the last change; numbers, since clocks differ. */
  private readonly lastRoleChangeOf = new NewestKept<number>()
  private roleChangeCount = 0

  constructor(lifetimeMs: number) {
    this.lifetimeMs = lifetimeMs
  }

  /** `id` is a session's, an API key's or a user's. */
  add(id: string, revokedAt: Date): void {
    this.untilMs.set(id, revokedAt.getTime() + this.lifetimeMs)
  }

  /** For a user who may log in again. */
  remove(id: string): void {
    this.untilMs.delete(id)
  }

  has(id: string, now: Date): boolean {
    const until = this.untilMs.get(id)
    return until !== undefined && until >= now.getTime()
  }

  /** Whether credentials of this session, API key or user are refused. */
  covers(id: string, userId: string, now: Date): boolean {
    return this.has(id, now) || this.has(userId, now)
  }

  changeRoles(userId: string): void {
    this.roleChangeCount += 1
    this.lastRoleChangeOf.keep(userId, this.roleChangeCount)
  }

  /** How many changes of roles are known. To be read before a caller's roles are. */
  get roleChanges(): number {
    return this.roleChangeCount
  }

  /** Whether this user's roles are others than when so many changes were known. */
  rolesChangedSince(userId: string, changes: number): boolean {
    return (this.lastRoleChangeOf.get(userId) ?? 0) > changes
  }

  /** Drops what no living token can carry. */
  prune(now: Date): void {
    for (const [id, until] of this.untilMs) if (until < now.getTime()) this.untilMs.delete(id)
  }

  get size(): number {
    return this.untilMs.size
  }
}

/**
 * Sessions, API keys and users whose credentials no longer count although they have not expired yet.
 * Fed by news from identity, asked on every request. Must never keep an entry longer than a token can live.
 */
export class RevocationList {
  private readonly untilMs = new Map<string, number>()
  private readonly lifetimeMs: number

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

  /** Drops what no living token can carry. */
  prune(now: Date): void {
    for (const [id, until] of this.untilMs) if (until < now.getTime()) this.untilMs.delete(id)
  }

  get size(): number {
    return this.untilMs.size
  }
}

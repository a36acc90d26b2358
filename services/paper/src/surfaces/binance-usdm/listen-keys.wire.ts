/**
 * Listen keys of the USD-M user data stream: one per account, one hour long unless kept alive.
 * Called by the listenKey endpoints and the websocket. Must never outlive its hour without a call.
 */
import type { Randomness } from '@tradewire/kernel/randomness'
import type { Account } from '#domain/state'

const validMs = 3_600_000
const keyBytes = 32

interface ListenKey {
  readonly key: string
  readonly accountId: string
  expiresAt: number
}

export class ListenKeys {
  private readonly byKey = new Map<string, ListenKey>()
  private readonly byAccount = new Map<string, ListenKey>()

  constructor(private readonly randomness: Randomness) {}

  /** The account's valid key, its hour begun anew, or a new one. */
  open(account: Account, now: number): string {
    const known = this.byAccount.get(account.id)
    if (known !== undefined && known.expiresAt > now) {
      known.expiresAt = now + validMs
      return known.key
    }
    const entry = {
      key: this.randomness.bytes(keyBytes).toString('hex'),
      accountId: account.id,
      expiresAt: now + validMs,
    }
    this.byKey.set(entry.key, entry)
    this.byAccount.set(account.id, entry)
    return entry.key
  }

  /** False when the account has no valid key. */
  keepAlive(account: Account, now: number): boolean {
    const known = this.byAccount.get(account.id)
    if (known === undefined || known.expiresAt <= now) return false
    known.expiresAt = now + validMs
    return true
  }

  close(account: Account): string | undefined {
    const known = this.byAccount.get(account.id)
    if (known === undefined) return undefined
    this.byAccount.delete(account.id)
    this.byKey.delete(known.key)
    return known.key
  }

  accountOf(key: string, now: number): string | undefined {
    const known = this.byKey.get(key)
    return known !== undefined && known.expiresAt > now ? known.accountId : undefined
  }

  /** Takes out the keys whose hour is over. */
  expire(now: number): { readonly key: string; readonly accountId: string }[] {
    const over = [...this.byKey.values()].filter(({ expiresAt }) => expiresAt <= now)
    for (const entry of over) {
      this.byKey.delete(entry.key)
      if (this.byAccount.get(entry.accountId) === entry) this.byAccount.delete(entry.accountId)
    }
    return over
  }
}

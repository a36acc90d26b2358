/** Counts log-in attempts by name and address. Implemented by store/. Must never answer from memory: no database, no log-in. */
import type { Transaction } from '@tradewire/database/transaction'
import type { AttemptCount } from '#domain/limits/login-throttle'

export interface AttemptKey {
  readonly username: string
  /** An IPv4 address, an IPv6 network, or words in its place. */
  readonly address: string
}

export abstract class LoginAttempts {
  /** Counts one more, committed at once, with the database's time. */
  abstract count(key: AttemptKey): Promise<AttemptCount & { readonly now: Date }>
  /** Takes back one attempt that was never checked. */
  abstract refund(key: AttemptKey): Promise<void>
  /** A new password: counts of the name from every address start again. */
  abstract forgetName(tx: Transaction, username: string): Promise<void>
  /** The right password: the count starts again. */
  abstract forget(tx: Transaction, key: AttemptKey): Promise<void>
}

/** What use cases need of registrations and mailed links. Implemented by store/. Must never store a token as text. */
import type { Transaction } from '@tradewire/database/transaction'
import type { Id, UserId } from '@tradewire/kernel/ids'

export type RegistrationId = Id<'Registration'>

export interface NewRegistration {
  readonly id: RegistrationId
  readonly username: string
  readonly email: string
  readonly firstName: string | null
  readonly lastName: string | null
  readonly passwordHash: string
}

export interface TriedRegistration extends NewRegistration {
  /** Of a password, with this one. */
  readonly attempts: number
}

export type LinkOwner = { readonly registrationId: RegistrationId } | { readonly userId: UserId }

export abstract class Registrations {
  abstract add(tx: Transaction, registration: NewRegistration, lifetimeMs: number): Promise<void>
  /** The living one; without an id the newest of the address. */
  abstract find(
    tx: Transaction,
    which: { readonly id: RegistrationId | null; readonly email: string },
  ): Promise<NewRegistration | null>
  /** Counts one try of a password, committed at once; null when no living link has this hash. */
  abstract tryLink(tokenHash: Buffer): Promise<TriedRegistration | null>
  /** Ends this registration and all others of its address, with their links. */
  abstract end(tx: Transaction, id: RegistrationId): Promise<void>

  abstract addLink(tx: Transaction, tokenHash: Buffer, owner: LinkOwner, lifetimeMs: number): Promise<void>
  /** Whose the living link for a new password is. */
  abstract findResetLink(tokenHash: Buffer): Promise<UserId | null>
  /** Uses up the link and all others of its user. False when it was used or ended before. */
  abstract useResetLink(tx: Transaction, tokenHash: Buffer, userId: UserId): Promise<boolean>
}

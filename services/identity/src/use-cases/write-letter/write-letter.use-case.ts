/**
 * Writes the letter of a mail at the moment it is sent, with a token of its own where it has a link.
 * Called by SendMails only. Must never give the token to anything but the letter.
 */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import { Randomness } from '@tradewire/kernel/randomness'
import { unreachable } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { IdentityConfig } from '#config'
import {
  accountLink,
  changedLetter,
  confirmationLetter,
  knownAddressLetter,
  resetLetter,
  type Letter,
} from '#domain/users/mail'
import { confirmationLifetimeMs, mailedHashOf, newMailedToken, resetLifetimeMs } from '#domain/credentials/mailed-token'
import type { ClaimedMail } from '#ports/mails.port'
import { type LinkOwner, Registrations } from '#ports/registrations.port'
import { Users } from '#ports/users.port'

@Injectable()
export class WriteLetter {
  constructor(
    private readonly database: Database,
    private readonly users: Users,
    private readonly registrations: Registrations,
    private readonly randomness: Randomness,
    @InjectConfig() private readonly sender: IdentityConfig,
  ) {}

  /** Null when nobody is to get it. Each repetition has a new link, and the ones before go on working. */
  async execute(mail: ClaimedMail): Promise<Letter | null> {
    return this.database.transact((tx) => {
      switch (mail.kind) {
        case 'confirm-registration':
          return this.confirmation(tx, mail)
        case 'reset-password':
          return this.reset(tx, mail.email)
        case 'password-changed':
          return this.changed(tx, mail.email)
        default:
          return unreachable(mail.kind)
      }
    })
  }

  private async confirmation(tx: Transaction, { email, registrationId: id }: ClaimedMail): Promise<Letter | null> {
    const registration = await this.registrations.find(tx, { id, email })
    if (registration === null) return null
    if ((await this.users.findByEmail(tx, email)) !== null) return knownAddressLetter(this.sender, email)
    const token = await this.newLink(tx, { registrationId: registration.id }, confirmationLifetimeMs)
    return confirmationLetter(this.sender, email, registration.username, this.linkOf('confirm', token))
  }

  /** Users of other issuers have no password, and a disabled user is to get none. */
  private async reset(tx: Transaction, email: string): Promise<Letter | null> {
    const user = await this.users.findByEmail(tx, email)
    if (user === null || user.disabledAt !== null || user.passwordHash === null) return null
    const token = await this.newLink(tx, { userId: user.id }, resetLifetimeMs)
    return resetLetter(this.sender, email, user.username, this.linkOf('reset', token))
  }

  private async changed(tx: Transaction, email: string): Promise<Letter | null> {
    const user = await this.users.findByEmail(tx, email)
    return user && changedLetter(this.sender, email, user.username)
  }

  private linkOf(purpose: 'confirm' | 'reset', token: string): string {
    return accountLink(this.sender.publicUrl, purpose, token)
  }

  private async newLink(tx: Transaction, owner: LinkOwner, lifetimeMs: number): Promise<string> {
    const token = newMailedToken(this.randomness)
    await this.registrations.addLink(tx, mailedHashOf(token), owner, lifetimeMs)
    return token
  }
}

/** Stores a registration together with the wish for its mail. Called by RegisterPerson only. Must never store one without the other. */
import { Injectable } from '@nestjs/common'
import { Database } from '@tradewire/database/database'
import { IdSource } from '@tradewire/kernel/ids'
import { confirmationLifetimeMs } from '#domain/credentials/mailed-token'
import { Mails } from '#ports/mails.port'
import { type NewRegistration, Registrations } from '#ports/registrations.port'

@Injectable()
export class KeepRegistration {
  constructor(
    private readonly database: Database,
    private readonly registrations: Registrations,
    private readonly mails: Mails,
    private readonly ids: IdSource,
  ) {}

  async execute(person: Omit<NewRegistration, 'id' | 'passwordHash'>, passwordHash: string): Promise<void> {
    const registrationId = this.ids.next<'Registration'>()
    const mailId = this.ids.next<'Mail'>()
    await this.database.transact(async (tx) => {
      await this.registrations.add(tx, { ...person, id: registrationId, passwordHash }, confirmationLifetimeMs)
      await this.mails.add(tx, { id: mailId, kind: 'confirm-registration', email: person.email, registrationId })
    })
  }
}

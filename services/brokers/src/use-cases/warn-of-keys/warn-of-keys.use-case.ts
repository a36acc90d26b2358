/**
 * Tells owners that the key of an account is about to end, some days before and once more on the last one.
 * Called on a timer. Must never tell it of a key that its venue has given more time since.
 */
import { Injectable } from '@nestjs/common'
import { noticeRaised } from '@tradewire/contracts/events/notices'
import { Database } from '@tradewire/database/database'
import { keyEndNotice } from '#domain/account/key-end'
import { KeyWarnings } from '#ports/key-warnings.port'
import { Sessions } from '#ports/sessions.port'
import { AskVenue } from '../ask-venue/ask-venue.use-case.ts'

@Injectable()
export class WarnOfKeys {
  constructor(
    private readonly sessions: Sessions,
    private readonly warnings: KeyWarnings,
    private readonly venue: AskVenue,
    private readonly database: Database,
  ) {}

  async execute(): Promise<void> {
    const due = await this.warnings.due(this.sessions.all().map(({ account }) => account.id))
    if (due.length === 0) return
    for (const accountId of due) await this.venue.learnKey(accountId)
    const now = this.venue.now()
    await this.database.transact(async (tx) => {
      const told = await this.warnings.note(tx, due)
      tx.append(
        noticeRaised,
        told.map((key) => keyEndNotice(key, now)),
      )
    })
  }
}

/**
 * What a venue's stream says, or cannot have said, of an account's leverages. Called by hear-venue.
 * Must never keep believed or shown what somebody else has changed.
 */
// tidy-allow ratchet-use-case-methods: what was told and what could not be heard are of one belief
import { Injectable } from '@nestjs/common'
import { Leverages } from '#ports/leverages.port'
import { Sessions } from '#ports/sessions.port'
import { Desk } from '#domain/sending/desk'

@Injectable()
export class HearLeverage {
  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly shown: Leverages,
  ) {}

  execute(accountId: string, symbol: string, leverage: number): void {
    const opened = this.sessions.known(accountId)
    if (opened === undefined || !opened.leverages.heard(symbol, leverage)) return
    const owned = this.desk.heldPartition(opened.account.partition)
    if (owned !== undefined) this.shown.note({ accountId, symbol, leverage: null, owned })
  }

  hearing(accountId: string, hears: boolean): void {
    this.sessions.known(accountId)?.leverages.hearing(hears)
  }
}

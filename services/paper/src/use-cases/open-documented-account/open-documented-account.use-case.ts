/**
 * Opens the account at the simulated MetaApi that the marketplace's document connects, once for a journal.
 * Called at start where the platform has a token. Must never be open at a real venue.
 */
import { Injectable } from '@nestjs/common'
import { IdSource } from '@tradewire/kernel/ids'
import { documentedLogin } from '#domain/accounts/account-keys'
import { amount } from '#domain/amount'
import { RunningVenue } from '#ports/running-venue.port'

const currency = 'USD'
const openingBalance = '10000'
const leverageMax = 100

@Injectable()
export class OpenDocumentedAccount {
  constructor(
    private readonly venue: RunningVenue,
    private readonly ids: IdSource,
  ) {}

  execute(): void {
    if (this.venue.state.accountsByKey.has(documentedLogin.apiKey)) return
    const accountId = this.ids.next<'PaperAccount'>()
    const balances = [{ asset: currency, total: amount(openingBalance) }]
    const terms = { venue: 'metaapi', label: 'documented', currency, balances, mode: 'hedging', leverageMax } as const
    this.venue.execute((session) =>
      session.emit({ kind: 'account-created', accountId, ...documentedLogin, ...terms, at: session.now }),
    )
  }
}

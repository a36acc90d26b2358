/**
 * Opens an account at a simulated venue and gives it its key and secret.
 * Called by the control surface. Must never show the secret of an account that exists already.
 */
import { Injectable } from '@nestjs/common'
import type { CreatePaperAccount, PaperCredentials } from '@tradewire/contracts/paper/control'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { accountKeysOf, credentialsOf, firstLoginOf } from '#domain/accounts/account-keys'
import { amount, formatAmount } from '#domain/amount'
import { contractVenues } from '#domain/cfd/listed-contracts'
import { timeText } from '#domain/ledger'
import { groupOf, newProfile } from '#domain/accounts/managed-user'
import { RunningVenue } from '#ports/running-venue.port'

const leverageDefault = 100

@Injectable()
export class CreateAccount {
  constructor(
    private readonly venue: RunningVenue,
    private readonly ids: IdSource,
    private readonly randomness: Randomness,
  ) {}

  /** All or none: the accounts of one call are kept together. */
  async execute(requests: readonly CreatePaperAccount[]): Promise<PaperCredentials[]> {
    const created = this.venue.execute((session) =>
      requests.map((request) => {
        const contracts = contractVenues.includes(request.venue)
        const currency = request.currency ?? (contracts ? 'USD' : 'USDT')
        const accountId = this.ids.next<'PaperAccount'>()
        const { venue } = request
        const keys = accountKeysOf(venue, (bytes) => this.randomness.bytes(bytes))
        const label = request.label ?? ''
        const more = Object.entries(request.balances ?? {}).filter(([asset]) => asset !== currency)
        const balances = [[currency, request.balance] as const, ...more].map(([asset, total]) => ({
          asset,
          total: amount(total),
        }))
        const at = session.now
        const terms = contracts
          ? { mode: request.mode ?? 'hedging', leverageMax: request.leverage ?? leverageDefault }
          : {}
        session.emit({ kind: 'account-created', accountId, venue, label, currency, ...keys, balances, ...terms, at })
        if (venue === 'mt-manager') {
          const login = firstLoginOf(keys.apiKey)
          const group = groupOf(currency)
          const profile = newProfile({ group, name: label, leverage: request.leverage ?? leverageDefault })
          session.emit({ kind: 'user-opened', accountId, ownerId: accountId, login, profile, at })
        }
        const balance = formatAmount(amount(request.balance))
        const { apiKey, secret } = keys
        const credentials = credentialsOf(venue, accountId, keys)
        return { accountId, venue, label, currency, balance, apiKey, secret, credentials, createdAt: timeText(at) }
      }),
    )
    await this.venue.settled()
    return created
  }
}

/**
 * Reads what was last paid for some symbols, through any account that sees the prices. Called over RPC.
 * Must never answer a price of another venue or environment: orders are sent by it.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, VenueRate } from '@tradewire/broker-kit/broker-session'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { type Account, type Place, placeName } from '#domain/account/account'
import { Accounts } from '#ports/accounts.port'
import { Sessions } from '#ports/sessions.port'
import { AskVenue } from '../ask-venue/ask-venue.use-case.ts'

/** Accounts looked through for one of the place, where this process holds none of it. */
const accountsMax = 100

type Answer = Promise<Result<readonly VenueRate[], BrokerError>>

@Injectable()
export class ReadPrices {
  constructor(
    private readonly sessions: Sessions,
    private readonly accounts: Accounts,
    private readonly venue: AskVenue,
  ) {}

  async execute(place: Place, symbols: readonly string[]): Answer {
    const isThere = (account: Account): boolean => placeName(account) === placeName(place)
    const held = this.sessions.all().find(({ account }) => isUsable(account) && isThere(account))
    if (held !== undefined) return pricesOf(held.session, symbols)
    const listed = await this.accounts.list({
      afterId: undefined,
      limit: accountsMax,
      seenBy: undefined,
      userId: undefined,
      venues: [place.venue],
      accountIds: undefined,
      status: 'AUTHORIZED',
    })
    const other = listed.find(isThere)
    if (other === undefined) return ok([])
    return this.venue.execute(other.id, (session) => pricesOf(session, symbols))
  }
}

function isUsable({ status }: Account): boolean {
  return status !== 'UNAUTHORIZED'
}

function pricesOf(session: BrokerSession, symbols: readonly string[]): Answer {
  return session.prices?.(symbols) ?? Promise.resolve(err(brokerError.unsupported('prices', 'it tells no prices')))
}

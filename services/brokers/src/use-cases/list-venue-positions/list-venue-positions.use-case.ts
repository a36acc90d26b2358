/** What an account holds as its venue tells it now. Called over RPC. Must never show another user's account. */
import { Injectable } from '@nestjs/common'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import type { listVenuePositions } from '@tradewire/contracts/rpc/venue-books'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { refusalOfProbe } from '#brokers.errors'
import { Leverages } from '#ports/leverages.port'
import { AskVenue } from '../ask-venue/ask-venue.use-case.ts'
import { ManageAccounts } from '../manage-accounts/manage-accounts.use-case.ts'

@Injectable()
export class ListVenuePositions {
  constructor(
    private readonly accounts: ManageAccounts,
    private readonly venue: AskVenue,
    private readonly leverages: Leverages,
  ) {}

  async execute({
    caller,
    accountId,
    symbol: wanted,
  }: RequestOf<typeof listVenuePositions>): Promise<Result<ReplyOf<typeof listVenuePositions>, CodedError>> {
    const found = await this.accounts.get(caller, accountId)
    if (!found.ok) return found
    const positions = await this.venue.execute(accountId, (session) => session.positions())
    if (!positions.ok) return err(refusalOfProbe(positions.error))
    const leverages = await this.leverages.of(accountId)
    const items = positions.value
      .filter(({ symbol }) => wanted === undefined || symbol === wanted)
      .map(({ symbol, side, quantity, entryPrice, unrealizedPnl }) => {
        const leverage = leverages.get(symbol) ?? null
        return { symbol, side, quantity, entryPrice, unrealizedPnl, leverage }
      })
    return ok({ items, observedAt: this.venue.now().toISOString() })
  }
}

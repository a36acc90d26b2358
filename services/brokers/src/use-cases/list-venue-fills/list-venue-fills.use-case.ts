/** Trades of an account of the last days as its venue lists them. Called over RPC. Must never show another user's account. */
import { Injectable } from '@nestjs/common'
import type { VenueFill } from '@tradewire/broker-kit/broker-session'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { fillsPerCallMax, type listVenueFills } from '@tradewire/contracts/rpc/venue-books'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { refusalOfProbe } from '#brokers.errors'
import { AskVenue } from '../ask-venue/ask-venue.use-case.ts'
import { ManageAccounts } from '../manage-accounts/manage-accounts.use-case.ts'

type Reply = ReplyOf<typeof listVenueFills>

/** Venues list trades over such a span at once; a longer one would cost many requests of the account's budget. */
const spanMs = 7 * 24 * 60 * 60 * 1_000

@Injectable()
export class ListVenueFills {
  constructor(
    private readonly accounts: ManageAccounts,
    private readonly venue: AskVenue,
  ) {}

  async execute({ caller, accountId, symbol }: RequestOf<typeof listVenueFills>): Promise<Result<Reply, CodedError>> {
    const found = await this.accounts.get(caller, accountId)
    if (!found.ok) return found
    const since = new Date(this.venue.now().getTime() - spanMs)
    const fills = await this.venue.execute(accountId, (session) => session.fillsSince(symbol, since))
    if (!fills.ok) return err(refusalOfProbe(fills.error))
    const newest = fills.value.toSorted((left, right) => right.at.getTime() - left.at.getTime())
    return ok({ items: newest.slice(0, fillsPerCallMax).map(shown) })
  }
}

function shown(fill: VenueFill): Reply['items'][number] {
  const { tradeId, venueOrderId, symbol, side, quantity, price, fee, feeCurrency, at } = fill
  return { tradeId, venueOrderId, symbol, side, quantity, price, fee, feeCurrency, at: at.toISOString() }
}

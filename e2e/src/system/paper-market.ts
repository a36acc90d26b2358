/**
 * What a spec does with the paper venue's perpetuals: move the price, send one alert, look at what is held.
 * Called by e2e specs. Must never ask a service what the venue holds.
 */
import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import type { RealSystem } from '@tradewire/chaos/kit/real-system'
import { ledgerReply } from '@tradewire/contracts/paper/control'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { eventually } from '@tradewire/testkit/eventually'
import type { ApiUser, Page } from './api-user.ts'

const withinMs = 30_000

export interface OneAlert {
  readonly strategy: { readonly id: string; readonly secret: string }
  readonly follower: ApiUser
  /** Where to enter; the stop lies 1,000 below it. */
  readonly entry: number
}

/** The follower's bracket of one alert, as soon as it is what is wanted. */
export async function alertUntil(
  system: RealSystem,
  { strategy, follower, entry }: OneAlert,
  wanted: (bracket: BracketReply) => boolean,
): Promise<BracketReply> {
  const answer = await postAlert(system.endpoints.gateway ?? '', {
    strategy: strategy.id,
    secret: strategy.secret,
    type: 'buy',
    orderPrice: entry,
    stop: entry - 1_000,
    stopType: 'Market',
    takeProfit: entry + 2_000,
    trailingTrigger: 'NaN',
    callbackRate: 'NaN',
    winRate: '60',
  })
  return eventually(
    async () => {
      const { items } = await follower.gets<Page<BracketReply>>(`/v1/orders?signalId=${answer.signalId}`)
      return items.find(wanted)
    },
    { withinMs, describe: `the entry at ${entry} is as wanted` },
  )
}

export async function movePrice(system: RealSystem, price: string): Promise<void> {
  await system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', price)
}

/** The quantities of all positions by the venue's own ledger. */
export async function heldAtVenue(system: RealSystem): Promise<readonly string[]> {
  const venue = ControlClient.at(system.endpoints.paper?.control ?? '')
  const ledger = await venue.ask({ method: 'GET', path: '/ledger', query: { view: 'full' } }, ledgerReply)
  return ledger.positions.map(({ quantity }) => quantity).filter((quantity) => !decimal(quantity).eq(ZERO))
}

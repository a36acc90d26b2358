/**
 * What a spec does with the paper venue's perpetuals: follow from an account there, move the price, send one alert, look at what is held.
 * Called by e2e specs. Must never ask a service what the venue holds.
 */
import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import type { RealSystem } from '@tradewire/chaos/kit/real-system'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { type PaperCredentials, ledgerReply } from '@tradewire/contracts/paper/control'
import type { connectAccount } from '@tradewire/contracts/rpc/accounts'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import type { createFollows, createRiskProfile } from '@tradewire/contracts/rpc/signals'
import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { decimal, ZERO } from '@tradewire/kernel/decimal'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { eventually } from '@tradewire/testkit/eventually'
import type { ApiUser, Page } from './api-user.ts'

const withinMs = 30_000

export const perpetual = { venue: 'binance-usdm', symbol: 'BTC/USDT' }

export interface OneAlert {
  readonly strategy: { readonly id: string; readonly secret: string }
  readonly follower: ApiUser
  /** Where to enter; the stop lies 1,000 below it. */
  readonly entry: number
}

export interface OneFollow {
  readonly operator: ApiUser
  readonly follower: ApiUser
  readonly strategyId: string
  readonly settings?: TradeSettings
}

/** Has the follower take the strategy's signals to a new paper account of 10,000 USDT, 1 % at risk, at a price of 42,000. */
export async function followFromPaper(system: RealSystem, follow: OneFollow): Promise<void> {
  const { operator, follower, strategyId, settings = {} } = follow
  const profile = { name: 'One', riskPercent: '1' }
  const { id: riskProfileId } = await operator.does<ReplyOf<typeof createRiskProfile>>(
    'POST',
    '/v1/risk-profiles',
    profile,
  )
  const { venue } = perpetual
  const paper = await system.tells<PaperCredentials>('paper', 'account', '--venue', venue, '--balance', '10000')
  await movePrice(system, '42000')
  const credentials = { apiKey: paper.apiKey, secret: paper.secret }
  const { id: accountId } = await follower.does<ReplyOf<typeof connectAccount>>('POST', '/v1/accounts', {
    venue,
    credentials,
  })
  const follows = [{ strategyId, accountId, riskProfileId, leverage: 5, settings }]
  await eventually(async () => {
    const { status } = await follower.asks<ReplyOf<typeof createFollows>>('POST', '/v1/follows', { follows })
    return status === 201
  })
  await untilBusIsQuiet(system.endpoints.nats, withinMs)
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

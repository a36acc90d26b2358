import type { Venue } from '@tradewire/contracts/common'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import type { connectAccount } from '@tradewire/contracts/rpc/accounts'
import type { listVenueOrders } from '@tradewire/contracts/rpc/venue-books'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import type { createFollows, createRiskProfile, createStrategy } from '@tradewire/contracts/rpc/signals'
import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { type LiveReader, readLive } from '../system/live-reader.ts'
import { realSystem } from '../system/real-system.ts'

const system = realSystem({ processes: false })
const withinMs = 15_000

/** What stands over the two parts of a position, and which orders are at the venue. */
const venues = [
  {
    venue: 'tokocrypto',
    legs: [
      ['entry', 'native', 'filled'],
      ['pair-1', 'native', 'working'],
      ['pair-2', 'native', 'working'],
    ],
    target: 'pair-1',
  },
  {
    venue: 'cex',
    legs: [
      ['entry', 'native', 'filled'],
      ['stop-1', 'native', 'working'],
      ['stop-2', 'native', 'working'],
      ['target-1', 'emulated', 'watching'],
      ['target-2', 'emulated', 'watching'],
    ],
    target: 'target-1',
  },
] as const

let operator: ApiUser
let live: LiveReader
let profileId: string

const price = (at: string) => system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', at)

interface Followed {
  readonly strategy: ReplyOf<typeof createStrategy>
  readonly accountId: string
}

/** A strategy at the venue with one account that follows it. */
async function follow(venue: Venue): Promise<Followed> {
  const strategy = await operator.does<ReplyOf<typeof createStrategy>>('POST', '/v1/strategies', {
    name: `Coins at ${venue}`,
    venue,
    symbol: 'BTC/USDT',
    settings: { sizing: { mode: 'fixed-quantity', value: '0.2' } },
  })
  const { credentials } = await system.tells<PaperCredentials>(
    'paper',
    'account',
    '--venue',
    venue,
    '--balance',
    '10000',
  )
  const account = await operator.does<ReplyOf<typeof connectAccount>>('POST', '/v1/accounts', { venue, credentials })
  const follows = [{ strategyId: strategy.id, accountId: account.id, riskProfileId: profileId, leverage: 1 }]
  await eventually(async () => {
    const { status } = await operator.asks<ReplyOf<typeof createFollows>>('POST', '/v1/follows', { follows })
    return status === 201
  })
  await eventually(
    () => live.events.some(({ event, data }) => event === 'balance.updated' && data.data['accountId'] === account.id),
    { withinMs, describe: `the first balance at ${venue}` },
  )
  await untilBusIsQuiet(system.endpoints.nats, withinMs)
  return { strategy, accountId: account.id }
}

function signal({ strategy }: Followed): ReturnType<typeof postAlert> {
  return postAlert(system.endpoints.gateway ?? '', {
    strategy: strategy.id,
    secret: strategy.secret,
    type: 'buy',
    orderPrice: 40_000,
    stop: '39000',
    stopType: 'Market',
    takeProfit1: '41000',
    takeProfit2: '42000',
    trailingTrigger: 'NaN',
    callbackRate: 'NaN',
    winRate: '60',
  })
}

function bracketThat(signalId: string | undefined, is: (bracket: BracketReply) => boolean, describe: string) {
  return eventually(
    async () => {
      const { items } = await operator.gets<Page<BracketReply>>(`/v1/orders?signalId=${signalId}`)
      const found = items.find(is)
      if (found === undefined) throw new Error(`what there is: ${JSON.stringify(items)}`)
      return found
    },
    { withinMs: 2 * withinMs, describe },
  )
}

beforeAll(() =>
  system.watched(async () => {
    operator = await ApiUser.logIn(
      system.endpoints.gateway ?? '',
      system.endpoints.operator ?? { username: '', password: '' },
    )
    live = await readLive(system.endpoints.gateway ?? '', operator.token)
    const profile = { name: 'One', riskPercent: '1' }
    profileId = (await operator.does<ReplyOf<typeof createRiskProfile>>('POST', '/v1/risk-profiles', profile)).id
  }),
)

afterAll(() => live?.close())

describe.each(venues)('a signal followed at $venue', ({ venue, legs, target }) => {
  it('is bought, protected part by part, sold at a target and ended by the stop, with nothing left at the venue', () =>
    system.watched(async () => {
      await price('40000')
      const followed = await follow(venue)
      const { signalId } = await signal(followed)
      const held = await bracketThat(signalId, ({ state }) => state === 'protected', `protected at ${venue}`)
      expect(held.legs.map(({ leg, execution, state }) => [leg, execution, state])).toEqual(legs)
      await price('41010')
      const sold = await bracketThat(
        signalId,
        (one) => one.state === 'protected' && one.legs.some(({ leg, state }) => leg === target && state === 'filled'),
        `the first target is sold at ${venue}`,
      )
      expect(sold.closeReason).toBe(null)
      await price('38900')
      const closed = await bracketThat(signalId, ({ state }) => state === 'closed', `closed at ${venue}`)
      expect(closed.closeReason).toBe('stop')
      const orders = await operator.gets<ReplyOf<typeof listVenueOrders>>(
        `/v1/accounts/${followed.accountId}/open-orders`,
      )
      expect(orders.items).toEqual([])
    }))
})

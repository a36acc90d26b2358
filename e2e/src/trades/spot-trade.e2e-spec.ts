import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { connectAccount } from '@tradewire/contracts/rpc/accounts'
import type { listVenueOrders } from '@tradewire/contracts/rpc/venue-books'
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import type { BracketReply, PositionReply } from '@tradewire/contracts/rpc/orders'
import type { getTrade } from '@tradewire/contracts/rpc/reporting'
import type { createFollows, createRiskProfile, createStrategy } from '@tradewire/contracts/rpc/signals'
import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import { decimal } from '@tradewire/kernel/decimal'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { realSystem } from '../system/real-system.ts'

const system = realSystem({ processes: false })
const withinMs = 15_000
/** 0.2 bought; the fee of 0.1 % is paid in the coin and leaves 0.1998 to sell. */
const held = '0.1998'

let operator: ApiUser
let strategy: ReplyOf<typeof createStrategy>
let account: ReplyOf<typeof connectAccount>
let paper: PaperCredentials

const price = (at: string) => system.tells('paper', 'price', '--symbol', 'BTCUSDT', '--price', at)

beforeAll(() =>
  system.watched(async () => {
    operator = await ApiUser.logIn(
      system.endpoints.gateway ?? '',
      system.endpoints.operator ?? { username: '', password: '' },
    )
    strategy = await operator.does('POST', '/v1/strategies', {
      name: 'Coins',
      venue: 'binance-spot',
      symbol: 'BTC/USDT',
      settings: { sizing: { mode: 'fixed-quantity', value: '0.2' }, moveStopToEntryAfterTarget: 1 },
    })
    const profile = await operator.does<ReplyOf<typeof createRiskProfile>>('POST', '/v1/risk-profiles', {
      name: 'One',
      riskPercent: '1',
    })
    paper = await system.tells<PaperCredentials>('paper', 'account', '--venue', 'binance-spot', '--balance', '10000')
    await price('40000')
    const { apiKey, secret } = paper
    account = await operator.does('POST', '/v1/accounts', { venue: 'binance-spot', credentials: { apiKey, secret } })
    const follow = { strategyId: strategy.id, accountId: account.id, riskProfileId: profile.id, leverage: 1 }
    await eventually(async () => {
      const { status } = await operator.asks<ReplyOf<typeof createFollows>>('POST', '/v1/follows', {
        follows: [follow],
      })
      return status === 201
    })
    await untilBusIsQuiet(system.endpoints.nats, withinMs)
  }),
)

function signal(type: 'buy' | 'sell', stop: string, targets: readonly string[], trailing = ['NaN', 'NaN']) {
  return postAlert(system.endpoints.gateway ?? '', {
    strategy: strategy.id,
    secret: strategy.secret,
    type,
    orderPrice: 40_000,
    stop,
    stopType: 'Market',
    ...Object.fromEntries(targets.map((target, index) => [`takeProfit${index + 1}`, target])),
    trailingTrigger: trailing[0],
    callbackRate: trailing[1],
    winRate: '60',
  })
}

function bracketOf(signalId: string | undefined, state: BracketReply['state']): Promise<BracketReply> {
  const read = async () => {
    const { items } = await operator.gets<Page<BracketReply>>(`/v1/orders?signalId=${signalId}`)
    return items.find((one) => one.state === state)
  }
  return eventually(read, { withinMs, describe: `the bracket is ${state}` })
}

const openOrders = async () =>
  (await operator.gets<ReplyOf<typeof listVenueOrders>>(`/v1/accounts/${account.id}/open-orders`)).items

describe('a signal at a venue that holds coins', () => {
  let signalId: string | undefined

  it('becomes a purchase with a stop and a target in one order for each of its parts', () =>
    system.watched(async () => {
      ;({ signalId } = await signal('buy', '39000', ['41000', '42000']))
      const bracket = await bracketOf(signalId, 'protected')
      expect(bracket.legs.map(({ leg, type, state }) => [leg, type, state])).toEqual([
        ['entry', 'market', 'filled'],
        ['pair-1', 'stop-or-target', 'working'],
        ['pair-2', 'stop-or-target', 'working'],
      ])
      const { items } = await operator.gets<Page<PositionReply>>('/v1/positions')
      expect(items).toMatchObject([{ quantity: held, protectedQuantity: held, stopPrice: '39000' }])
      expect(await openOrders()).toHaveLength(2)
    }))

  it('sells a part at its target and moves the stop of the other one to the entry', () =>
    system.watched(async () => {
      await price('41010')
      const moved = await eventually(
        async () => {
          const { items } = await operator.gets<Page<PositionReply>>('/v1/positions')
          return items.find(({ stopPrice, protectedQuantity, quantity }) => {
            return stopPrice !== '39000' && protectedQuantity === quantity
          })
        },
        { withinMs, describe: 'the stop is at the entry' },
      )
      expect(moved.quantity).toBe('0.0999')
      expect(decimal(moved.stopPrice).gte(moved.openPrice)).toBe(true)
    }))

  it('ends by the stop with nothing left at the venue but the books’ own balance', () =>
    system.watched(async () => {
      await price('39900')
      const bracket = await bracketOf(signalId, 'closed')
      const trade = await eventually(async () => {
        const { items } = await operator.gets<Page<ReplyOf<typeof getTrade>>>('/v1/trades?state=closed')
        return items[0]
      })
      expect(trade).toMatchObject({ id: bracket.id, reason: 'stop' })
      expect(await openOrders()).toEqual([])
      const { items } = await operator.gets<Page<{ currency: string; total: string }>>(
        `/v1/accounts/${account.id}/balance`,
      )
      const total = decimal(items.find(({ currency }) => currency === 'USDT')?.total ?? '0')
      expect(total.toString()).toBe(
        decimal('10000')
          .plus(decimal(trade.realizedPnl ?? '0'))
          .toString(),
      )
      const { protection } = await operator.gets<ExplanationReply>(`/v1/orders/${bracket.id}/explain`)
      expect(protection?.steps.join('\n')).toMatch(/pair-1 over 0\.0999 at 39000, or the target at 41000: reached/)
    }))

  it('is refused when it would sell what is not held', () =>
    system.watched(async () => {
      const { signalId: short } = await signal('sell', '41000', ['39000'])
      const bracket = await bracketOf(short, 'denied')
      expect(bracket.denial?.code).toBe('VENUE_CANNOT_SHORT')
    }))
})

describe('a trailing stop at a venue that has none', () => {
  it('is watched for by us, beside the orders at the venue, and sells by market when the price comes back', () =>
    system.watched(async () => {
      await price('40000')
      const { signalId } = await signal('buy', '39000', ['42000'], ['50', '1'])
      const held = await bracketOf(signalId, 'protected')
      expect(held.legs.map(({ leg, execution }) => [leg, execution])).toEqual([
        ['entry', 'native'],
        ['pair-1', 'native'],
        ['trailing-1', 'emulated'],
      ])
      // Up and down until both have been seen, in this order.
      let high = true
      const closed = await eventually(
        async () => {
          await price(high ? '41500' : '41050')
          high = !high
          const { items } = await operator.gets<Page<BracketReply>>(`/v1/orders?signalId=${signalId}`)
          return items.find(({ state }) => state === 'closed')
        },
        { withinMs: 2 * withinMs, describe: 'the trailing stop has sold' },
      )
      expect(closed.closeReason).toBe('trailing')
      const fired = closed.legs.find(({ leg }) => leg === 'trailing-1')
      expect(fired).toMatchObject({ state: 'filled', watch: { firedPrice: '41050', bestPrice: '41500' } })
      expect(await openOrders()).toEqual([])
    }))
})

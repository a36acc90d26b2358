import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import type { connectAccount } from '@tradewire/contracts/rpc/accounts'
import type { KillSwitchReply } from '@tradewire/contracts/rpc/kill-switches'
import type { getTrade } from '@tradewire/contracts/rpc/reporting'
import type { createFollows, createRiskProfile, createStrategy } from '@tradewire/contracts/rpc/signals'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { describe, expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { alertUntil, heldAtVenue, movePrice } from '../system/paper-market.ts'
import { realSystem } from '../system/real-system.ts'

const system = realSystem({ processes: false, settings: { BROKERS_BALANCE_EVERY_MS: '5000' } })
const withinMs = 30_000
const password = 'correct horse battery staple'

let anna: ApiUser
let strategy: ReplyOf<typeof createStrategy>

describe('a loss limit with forced close, on a paper account', () => {
  it('has a follower who may lose half a per cent a day, and holds a position', () =>
    system.watched(async () => {
      const gateway = system.endpoints.gateway ?? ''
      const operator = await ApiUser.logIn(gateway, system.endpoints.operator ?? { username: '', password: '' })
      await operator.does('POST', '/v1/users', { username: 'anna', password, roles: ['follower'] })
      anna = await ApiUser.logIn(gateway, { username: 'anna', password })
      const market = { venue: 'binance-usdm', symbol: 'BTC/USDT' }
      strategy = await operator.does('POST', '/v1/strategies', { name: 'Falling', ...market })
      const profile = { name: 'One', riskPercent: '1' }
      const { id: riskProfileId } = await operator.does<ReplyOf<typeof createRiskProfile>>(
        'POST',
        '/v1/risk-profiles',
        profile,
      )
      const venueAccount = ['account', '--venue', market.venue, '--balance', '10000']
      const { apiKey, secret } = await system.tells<PaperCredentials>('paper', ...venueAccount)
      await movePrice(system, '42000')
      const { id: accountId } = await anna.does<ReplyOf<typeof connectAccount>>('POST', '/v1/accounts', {
        venue: market.venue,
        credentials: { apiKey, secret },
      })
      const settings = { lossLimits: { dayPercent: '0.5', action: 'flatten' } }
      const follow = { strategyId: strategy.id, accountId, riskProfileId, leverage: 5, settings }
      await eventually(async () => {
        const { status } = await anna.asks<ReplyOf<typeof createFollows>>('POST', '/v1/follows', { follows: [follow] })
        return status === 201
      })
      await untilBusIsQuiet(system.endpoints.nats, withinMs)
      // The day's losses count from the first balance that is told while the limit stands.
      await alertUntil(system, { strategy, follower: anna, entry: 42_000 }, ({ state }) => state === 'protected')
      expect(await heldAtVenue(system)).toEqual(['0.1'])
    }))

  it('closes it when the open loss has reached the limit, above the stop, and refuses the next entry', () =>
    system.watched(async () => {
      await movePrice(system, '41400')
      await eventually(async () => (await heldAtVenue(system)).length === 0, {
        withinMs,
        describe: 'the venue is flat',
      })
      const [tripped] = (await anna.gets<Page<KillSwitchReply>>('/v1/kill-switches?engaged=true')).items
      expect(tripped).toMatchObject({ scope: 'follow', cause: 'loss-limit', mode: 'flatten', loss: { period: 'day' } })
      expect(tripped?.endsAt).toMatch(/T00:00:00/)
      const trade = await eventually(
        async () => (await anna.gets<Page<ReplyOf<typeof getTrade>>>('/v1/trades?state=closed')).items[0],
        { withinMs, describe: 'the trade is closed' },
      )
      expect(trade.reason).toBe('close')
      const refused = await alertUntil(
        system,
        { strategy, follower: anna, entry: 41_400 },
        ({ state }) => state === 'denied',
      )
      expect(refused.denial).toMatchObject({
        code: 'LOSS_LIMIT_REACHED',
        context: { killSwitchId: tripped?.id, period: 'day', source: 'follow' },
      })
      expect(await heldAtVenue(system)).toEqual([])
    }))

  it('lets entries pass again once she has released it in two steps', () =>
    system.watched(async () => {
      const [tripped] = (await anna.gets<Page<KillSwitchReply>>('/v1/kill-switches?engaged=true')).items
      const path = `/v1/kill-switches/${tripped?.id}/release`
      const { confirmation } = await anna.does<{ confirmation: string }>('POST', path)
      await anna.does('POST', `${path}/confirm`, { confirmation })
      await alertUntil(system, { strategy, follower: anna, entry: 41_401 }, ({ state }) => state === 'protected')
      expect(await heldAtVenue(system)).toHaveLength(1)
    }))
})

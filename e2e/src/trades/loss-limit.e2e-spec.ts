import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { KillSwitchReply } from '@tradewire/contracts/rpc/kill-switches'
import type { getTrade } from '@tradewire/contracts/rpc/reporting'
import type { createStrategy } from '@tradewire/contracts/rpc/signals'
import { eventually } from '@tradewire/testkit/eventually'
import { describe, expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { alertUntil, followFromPaper, heldAtVenue, movePrice, perpetual } from '../system/paper-market.ts'
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
      strategy = await operator.does('POST', '/v1/strategies', { name: 'Falling', ...perpetual })
      await followFromPaper(system, {
        operator,
        follower: anna,
        strategyId: strategy.id,
        settings: { lossLimits: { dayPercent: '0.5', action: 'flatten' } },
      })
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

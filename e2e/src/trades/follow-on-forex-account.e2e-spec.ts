import { postAlert } from '@tradewire/chaos/kit/alert-sender'
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import { ledgerReply, type LedgerReply, type PaperCredentials } from '@tradewire/contracts/paper/control'
import type { connectAccount } from '@tradewire/contracts/rpc/accounts'
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import type { BracketReply } from '@tradewire/contracts/rpc/orders'
import type { getTrade } from '@tradewire/contracts/rpc/reporting'
import type { createFollows, createRiskProfile, createStrategy } from '@tradewire/contracts/rpc/signals'
import { untilBusIsQuiet } from '@tradewire/launcher/demo/bus-quiet'
import { eventually } from '@tradewire/testkit/eventually'
import { describe, expect, it } from 'vitest'
import { ApiUser, type Page } from '../system/api-user.ts'
import { realSystem } from '../system/real-system.ts'

const system = realSystem({ processes: false })
const knownWithinMs = 20_000
const password = 'correct horse battery staple'

const gateway = () => system.endpoints.gateway ?? ''
const move = (price: string) => system.tells('paper', 'price', '--symbol', 'EURUSD', '--price', price)
const ledger = async (accountId: string): Promise<LedgerReply> =>
  ledgerReply.parse(await system.tells('paper', 'ledger', '--account', accountId))

describe.each(['xapi', 'metaapi', 'mt-manager'] as const)('a follow on a forex account at %s', (venue) => {
  const username = `anna-${venue}`
  let operator: ApiUser
  let anna: ApiUser
  let strategy: ReplyOf<typeof createStrategy>
  let account: ReplyOf<typeof connectAccount>
  let paperId: string
  let bracket: BracketReply

  it('begins with an account that is known by its number', () =>
    system.watched(async () => {
      operator = await ApiUser.logIn(gateway(), system.endpoints.operator ?? { username: '', password: '' })
      await operator.does('POST', '/v1/users', { username, password, roles: ['follower'] })
      anna = await ApiUser.logIn(gateway(), { username, password })
      strategy = await operator.does('POST', '/v1/strategies', { name: venue, venue, symbol: 'EUR/USD' })
      const profile = await operator.does<ReplyOf<typeof createRiskProfile>>('POST', '/v1/risk-profiles', {
        name: venue.replaceAll('-', ''),
        riskPercent: '1',
      })
      const made = await system.tells<PaperCredentials>('paper', 'account', '--venue', venue, '--balance', '10000')
      paperId = made.accountId
      await move('1.085')
      account = await anna.does('POST', '/v1/accounts', { venue, credentials: made.credentials })
      expect(account.status).toBe('AUTHORIZED')
      const follow = { strategyId: strategy.id, accountId: account.id, riskProfileId: profile.id, leverage: 30 }
      await eventually(async () => {
        const { status } = await anna.asks<ReplyOf<typeof createFollows>>('POST', '/v1/follows', { follows: [follow] })
        return status === 201
      })
      await untilBusIsQuiet(system.endpoints.nats, knownWithinMs)
    }))

  it('takes a signal in whole steps of lots, one position for each target, each under stop and target', () =>
    system.watched(async () => {
      const alert = {
        strategy: strategy.id,
        secret: strategy.secret,
        type: 'buy',
        orderPrice: 1.085,
        stop: '1.08',
        stopType: 'Market',
        takeProfit: '1.09',
        takeProfit2: '1.1',
        trailingTrigger: 'NaN',
        callbackRate: 'NaN',
        winRate: '60',
      }
      // Symbols are read after the account is connected, no faster than the venue allows: until then they are unknown.
      let tried = 0
      const planned = await eventually(
        async () => {
          tried += 1
          const { status, signalId } = await postAlert(gateway(), { ...alert, winRate: String(60 + tried) })
          expect(status).toBe(200)
          const found = await eventually(async () => {
            const { items } = await anna.gets<Page<BracketReply>>(`/v1/orders?signalId=${signalId}`)
            return items[0]
          })
          if (found.state !== 'denied') return found
          if (found.denial?.code === 'INSTRUMENT_UNKNOWN') return undefined
          throw new Error(`denied: ${JSON.stringify(found.denial)}`)
        },
        { withinMs: knownWithinMs, describe: 'a signal is planned' },
      )
      bracket = await eventually(
        async () => {
          const shown = await anna.gets<BracketReply>(`/v1/orders/${planned.id}`)
          const working = shown.legs.filter(({ purpose, state }) => purpose === 'target' && state === 'working')
          return working.length === 2 ? shown : undefined
        },
        { withinMs: knownWithinMs, describe: 'stop and targets stand' },
      )
      // 1 % of 10,000 dollars over fifty pips of ten dollars a lot.
      expect(bracket).toMatchObject({ state: 'protected', quantity: '0.2', filledQuantity: '0.2' })
      const { positions } = await ledger(paperId)
      expect(positions.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([
        ['EUR/USD', '0.1'],
        ['EUR/USD', '0.1'],
      ])
      const told = await anna.gets<ExplanationReply>(`/v1/orders/${bracket.id}/explain`)
      expect(told.sizing).toMatchObject({ quantity: '0.2', notional: '21700', atRisk: '100' })
    }))

  it('takes the first target from one position and stops the other', () =>
    system.watched(async () => {
      await move('1.0902')
      await eventually(
        async () => {
          const { legs } = await anna.gets<BracketReply>(`/v1/orders/${bracket.id}`)
          return legs.some(({ purpose, state }) => purpose === 'target' && state === 'filled')
        },
        { withinMs: knownWithinMs, describe: 'the first target is filled' },
      )
      expect((await ledger(paperId)).positions).toMatchObject([{ quantity: '0.1' }])
      await move('1.0795')
      const trade = await eventually(
        async () => {
          const { items } = await anna.gets<Page<ReplyOf<typeof getTrade>>>('/v1/trades?state=closed')
          return items[0]
        },
        { withinMs: knownWithinMs, describe: 'the trade is closed' },
      )
      expect(trade).toMatchObject({ id: bracket.id, quantity: '0.2', symbol: 'EUR/USD' })
      const { positions, orders, totals } = await ledger(paperId)
      expect(positions).toEqual([])
      expect(totals.duplicateClientOrderIds).toBe(0)
      expect(orders.filter(({ status }) => status === 'filled')).toHaveLength(4)
    }))
})

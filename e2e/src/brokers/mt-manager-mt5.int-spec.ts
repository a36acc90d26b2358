import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { encodeClientOrderId } from '@tradewire/broker-kit/client-order-id'
import { type ApprovedOrder, approveOrder } from '@tradewire/broker-kit/approved-order'
import { mtManagerBroker } from '@tradewire/brokers/adapters/mt-manager/mt-manager.adapter'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import { CardTable } from '@tradewire/chaos/conformance/run-card'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { testBackends } from '@tradewire/testkit/test-backends'
import { platformIdOf } from '@tradewire/paper/domain/accounts/account-keys'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const backends = testBackends({ nats: false })
const command = orderSubmit.data.parse(orderSubmit.example)
let paper: PaperWorld
let table: CardTable
let four: BrokerSession
let five: BrokerSession
let accountId: string

beforeAll(async () => {
  paper = await startPaperWorld(backends)
  table = new CardTable(paper)
})
beforeEach(async () => {
  await paper.price('40000')
  const account = await paper.account('mt-manager', '10000')
  accountId = account.accountId
  const tradePlatform = platformIdOf(account.accountId, 'MT5')
  const other: PaperCredentials = { ...account, credentials: { ...account.credentials, tradePlatform } }
  four = await table.connect(mtManagerBroker, account)
  five = await table.connect(mtManagerBroker, other)
})
afterEach(async () => {
  await Promise.all([four.close(), five.close()])
})

function order(part: Partial<typeof command> = {}): ApprovedOrder {
  const bitcoin = { venue: 'mt-manager', symbol: 'BITCOIN/USD', quantity: '0.02', leverage: null } as const
  const clientOrderId = encodeClientOrderId(mtManagerBroker.capabilities.clientId, command.intentId)
  const approved = approveOrder({ ...command, ...bitcoin, ...part }, clientOrderId)
  if (!approved.ok) throw new Error(approved.error.message)
  return approved.value
}

describe('an MT5 platform under a manager', () => {
  it('is read like an MT4 one: positions, money and fills are the same', async () => {
    const placed = await four.submit(order())
    expect(placed).toMatchObject({ ok: true, value: { status: 'filled' } })
    const positions = await five.positions()
    expect(positions).toMatchObject({ ok: true, value: [{ symbol: 'BITCOIN/USD', side: 'buy', quantity: '0.02' }] })
    expect(positions).toEqual(await four.positions())
    const [before, money] = [await four.balances(), await five.balances()]
    const told = (each: typeof money) =>
      each.ok ? each.value.map(({ total, equity, currency }) => [total, equity, currency]) : each.error
    expect(told(money)).toEqual(told(before))
    const closing = { purpose: 'close', leg: 'close-1', side: 'sell', reduceOnly: true, type: 'market' } as const
    expect((await four.submit(order(closing))).ok).toBe(true)
    expect(await five.positions()).toEqual({ ok: true, value: [] })
    const fills = await five.fillsSince('BITCOIN/USD', new Date(0))
    expect(fills.ok ? fills.value.map(({ side, quantity, forced }) => [side, quantity, forced]) : fills.error).toEqual([
      ['buy', '0.02', null],
      ['sell', '0.02', null],
    ])
  })

  it('is not traded: the protocol has no transactions there, which is said before anything is sent', async () => {
    for (const part of [
      {},
      { purpose: 'stop', leg: 'stop-1', side: 'sell', type: 'stop-market', triggerPrice: '1' },
    ] as const) {
      expect(await five.submit(order(part))).toMatchObject({
        ok: false,
        error: { kind: 'unsupported', capability: 'trading:MT5' },
      })
    }
    expect((await paper.ledger({ accountId })).orders).toEqual([])
  })
})

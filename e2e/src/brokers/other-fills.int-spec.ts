import { brokersService } from '@tradewire/brokers/service'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { Venue } from '@tradewire/contracts/common'
import { readMessage } from '@tradewire/contracts/event-message'
import { orderFilled, positionChanged, positionGone } from '@tradewire/contracts/events/brokers'
import { orderSubmit } from '@tradewire/contracts/events/orders'
import * as accounts from '@tradewire/contracts/rpc/accounts'
import { Database } from '@tradewire/database/database'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import { submitOf } from './submit-of.ts'

const backends = testBackends()
const ids = new UuidV7Source()
const venues: Venue[] = ['paper', 'binance-usdm', 'binance-spot', 'okx-swap']
const timerMs = 60_000
const withinMs = 30_000

/** Chance spreads the passes of the timer over a minute: here all of them come at its end. */
class LastMoment extends SystemRandomness {
  override fraction(): number {
    return 0.99
  }
}

let paper: PaperWorld
let service: TestService

beforeAll(async () => {
  paper = await startPaperWorld(backends)
  service = await startTestService(brokersService, backends, {
    randomness: new LastMoment(),
    settings: {
      BROKERS_PAPER_URL: paper.url,
      BROKERS_MASTER_KEY: `v1:${Buffer.alloc(32, 7).toString('base64')}`,
      BROKERS_RECONCILE_EVERY_MS: String(timerMs),
    },
  })
  await paper.price('40000')
})

/** How many events of these names were told of the account. */
async function told(accountId: string, ...names: readonly string[]): Promise<number> {
  const rows = await backends.query<{ body: string }>('select body from brokers.outbox')
  const events = rows.flatMap(({ body }) => readMessage(body).events)
  return events.filter(
    ({ name, data }) => names.includes(name) && (data as { accountId: string }).accountId === accountId,
  ).length
}

describe.concurrent('what somebody else trades on an account', () => {
  it.each(venues)('at %s is noticed long before the timer would have found it', async (venue) => {
    const made = await paper.account(venue)
    const caller = { userId: ids.next(), roles: ['follower' as const] }
    const account = { venue, environment: 'paper' as const, label: 'Test', credentials: made.credentials }
    const connected = await service.app.get(RpcClient).ask(accounts.connectAccount, { caller, account })
    if (!connected.ok) throw new Error(JSON.stringify(connected.error))
    const { id } = connected.value
    await service.app.get(Database).transact(async (tx) => tx.append(orderSubmit, [submitOf({ id, venue })]))
    await eventually(async () => (await told(id, orderFilled.name)) > 0, {
      withinMs,
      describe: 'the fill of the entry',
    })
    const hand = { accountId: made.accountId, symbol: 'BTC/USDT' }
    // On spot the account holds a coin of its own beside ours, and that goes first.
    await paper.trade(venue === 'binance-spot' ? { ...hand, side: 'sell', quantity: '1.01' } : { ...hand, close: true })
    const lost = async () => (await told(id, positionGone.name, positionChanged.name)) > 0
    await eventually(lost, { withinMs, describe: 'news of the lost position' })
    expect(await lost()).toBe(true)
  })
})

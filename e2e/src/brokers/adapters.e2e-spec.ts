import type { BrokerSession, SessionEvent } from '@tradewire/broker-kit/broker-session'
import { conformanceCases } from '@tradewire/broker-kit/conformance'
import { conformancePrice } from '@tradewire/broker-kit/conformance-world'
import type { BrokerDefinition, BrokerDependencies } from '@tradewire/broker-kit/define-broker'
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { venueCapabilities } from '@tradewire/orders/domain/venue-capabilities'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import { createLogger } from '@tradewire/observability/logger'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { bitcoinAt, type PaperWorld, startPaperWorld } from './paper-world.ts'

const backends = testBackends({ nats: false })
const ids = new UuidV7Source()
let paper: PaperWorld
let dependencies: BrokerDependencies

beforeAll(async () => {
  paper = await startPaperWorld(backends)
  dependencies = {
    clock: new SystemClock(),
    randomness: new SystemRandomness(),
    log: createLogger({ service: 'test', level: 'warn' }),
    paperUrl: paper.url,
    connectionsMax: 8,
    requestTimeoutMs: 3_000,
  }
})

async function connect(definition: BrokerDefinition, account: PaperCredentials): Promise<BrokerSession> {
  const { credentials } = account
  const connected = await definition.connect(credentials, { environment: 'paper', dependencies })
  if (!connected.ok) throw new Error(connected.error.message)
  return connected.value
}

/** Whatever the venue's form calls its secret. */
function wrongSecretOf({ credentials }: BrokerDefinition): Record<string, string> {
  const secret = Object.entries(credentials.shape).find(
    ([, field]) => (field as { meta(): Record<string, unknown> | undefined }).meta()?.['secret'] === true,
  )
  return { [secret?.[0] ?? 'secret']: 'wrong' }
}

describe.each(allBrokers.map((definition) => [definition.id, definition] as const))('%s', (_, definition) => {
  const sessions: BrokerSession[] = []
  let account: PaperCredentials

  beforeEach(async () => {
    await paper.clearFaults()
    await paper.price(conformancePrice)
    account = await paper.account(definition.id)
  })

  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()))
  })

  it.each(conformanceCases.map((each) => [each.id, each.title, each] as const))('%s %s', async (_id, _title, one) => {
    if (!one.needs(definition.capabilities)) return
    const session = await connect(definition, account)
    sessions.push(session)
    const events: SessionEvent[] = []
    session.events((event) => events.push(event))
    await eventually(() => events.some(({ kind }) => kind === 'stream-up'), { describe: 'the stream' })
    await one.run({
      session,
      strangerSession: () =>
        connect(definition, { ...account, credentials: { ...account.credentials, ...wrongSecretOf(definition) } }),
      poorSession: async () => connect(definition, await paper.account(definition.id, '1')),
      capabilities: definition.capabilities,
      symbol: bitcoinAt(definition.id),
      quantity: '0.02',
      newIntentId: () => ids.next(),
      setPrice: (price) => paper.price(price),
      dropNextReply: () => paper.fault({ kind: 'drop-reply-after-accept', accountId: account.accountId, next: 1 }),
      limitNextPlacement: () => paper.fault({ kind: 'rate-limit', accountId: account.accountId, next: 1 }),
      ordersInLedger: async (clientOrderId) => {
        const { orders } = await paper.ledger(`?venue=${definition.id}&accountId=${account.accountId}`)
        return orders.filter((order) => order.clientOrderId === clientOrderId).length
      },
      events,
      eventually: (read, describe) => eventually(read, { describe }) as never,
    })
  })

  it('tells prices where exits are watched for', async () => {
    const session = await connect(definition, account)
    sessions.push(session)
    const { emulated } = venueCapabilities[definition.id]
    if (emulated.length > 0) expect((await session.prices?.([bitcoinAt(definition.id)]))?.ok).toBe(true)
  })

  it('signs every call with the account that it is made for', async () => {
    const other = await paper.account(definition.id, '77')
    const [first, second] = await Promise.all([connect(definition, account), connect(definition, other)])
    sessions.push(first, second)
    const totals = await Promise.all([first.balances(), second.balances(), first.balances()])
    expect(totals.map((each) => (each.ok ? each.value[0]?.total : each.error.message))).toEqual([
      '1000000',
      '77',
      '1000000',
    ])
  })
})

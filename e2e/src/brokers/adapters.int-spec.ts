import type { BrokerSession } from '@tradewire/broker-kit/broker-session'
import { conformanceCases } from '@tradewire/broker-kit/conformance'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import { type PaperWorld, startPaperWorld } from '@tradewire/chaos/conformance/paper-world'
import { CardTable } from '@tradewire/chaos/conformance/run-card'
import type { PaperCredentials } from '@tradewire/contracts/paper/control'
import { venueCapabilities } from '@tradewire/orders/domain/planning/venue-capabilities'
import { testBackends } from '@tradewire/testkit/test-backends'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'

const backends = testBackends({ nats: false })
let paper: PaperWorld
let table: CardTable

beforeAll(async () => {
  paper = await startPaperWorld(backends)
  table = new CardTable(paper)
})

describe.each(allBrokers.map((definition) => [definition.id, definition] as const))('%s', (_, definition) => {
  const sessions: BrokerSession[] = []

  async function connect(definition: BrokerDefinition, account: PaperCredentials): Promise<BrokerSession> {
    const session = await table.connect(definition, account)
    sessions.push(session)
    return session
  }

  afterEach(async () => {
    await Promise.all(sessions.splice(0).map((session) => session.close()))
  })

  const cases = conformanceCases.filter(({ needs }) => needs(definition.capabilities))
  it.each(cases.map((each) => [each.id, each.title, each] as const))('%s %s', async (_id, _title, one) => {
    await table.play(definition, one)
  })

  it('tells prices where exits are watched for', async () => {
    const session = await connect(definition, await paper.account(definition.id))
    const { emulated } = venueCapabilities[definition.id]
    const symbol = await table.bitcoinOf(definition, session)
    if (emulated.length > 0) expect((await session.prices?.([symbol]))?.ok).toBe(true)
  })

  it('signs every call with the account that it is made for', async () => {
    const [account, other] = [await paper.account(definition.id), await paper.account(definition.id, '77')]
    const [first, second] = await Promise.all([connect(definition, account), connect(definition, other)])
    const totals = await Promise.all([first.balances(), second.balances(), first.balances()])
    expect(totals.map((each) => (each.ok ? each.value[0]?.total : each.error.message))).toEqual([
      '1000000',
      '77',
      '1000000',
    ])
  })
})

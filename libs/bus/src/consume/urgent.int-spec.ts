import { type EventOf, urgentSubjectOf } from '@tradewire/contracts/define-event'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { beforeAll, describe, expect, it } from 'vitest'
import { BusHarness, type Node } from '../int-spec/bus-harness.ts'
import { thingHurried } from '../int-spec/things.ts'

type Things = readonly EventOf<typeof thingHurried>[]

const harness = new BusHarness(testBackends())
/** More than one statement takes of those that no process has in memory. */
const entryCount = 600

beforeAll(() => harness.prepare())

async function emit(node: Node, account: 'exit' | 'entry', count: number): Promise<void> {
  await node.database.transact(async (tx) => {
    tx.append(
      thingHurried,
      Array.from({ length: count }, (_, number) => ({ account, number })),
    )
  })
}

describe('what is urgent', () => {
  it('reaches the bus before all that waited longer', async () => {
    const node = await harness.node({ relay: false })
    await eventually(() => node.bus.ready())
    await emit(node, 'entry', entryCount)
    await emit(node, 'exit', 1)
    node.relay.start()
    const { streams } = node.bus.manager()
    await eventually(async () => (await streams.info('EVENTS')).state.messages === entryCount + 1)
    const first = await streams.getMessage('EVENTS', { seq: 1 })
    expect(first?.subject).toBe(urgentSubjectOf(thingHurried.name))
    await streams.purge('EVENTS')
  })

  it('is handled while the others wait for their transaction, and each reaches one consumer', async () => {
    const node = await harness.node()
    await eventually(() => node.bus.ready())
    const seen: string[] = []
    let open: (() => void) | undefined
    const opened = new Promise<void>((resolve) => (open = resolve))
    const take = (things: Things): void => void seen.push(...things.map(({ data }) => data.account))
    const common = { contracts: [thingHurried] }
    const calm = node.runner.start({
      ...common,
      durable: 'calm',
      haste: 'calm',
      handler: async (things) => {
        await opened
        take(things)
      },
    })
    const handler = (things: Things): Promise<void> => Promise.resolve(take(things))
    node.runner.start({ ...common, durable: 'urgent', haste: 'urgent', handler })
    await emit(node, 'entry', entryCount)
    await eventually(() => calm.held > 0)
    await emit(node, 'exit', 1)
    await eventually(() => seen.length === 1)
    expect(seen).toEqual(['exit'])
    open?.()
    await eventually(() => seen.length === entryCount + 1)
    expect(seen.slice(1)).toEqual(Array.from({ length: entryCount }, () => 'entry'))
  })
})

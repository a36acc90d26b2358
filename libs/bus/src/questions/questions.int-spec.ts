import 'reflect-metadata'
import { NestFactory } from '@nestjs/core'
import { err, ok } from '@tradewire/kernel/result'
import { ClockApart } from '@tradewire/testkit/clock-apart'
import { eventually } from '@tradewire/testkit/eventually'
import { testBackends } from '@tradewire/testkit/test-backends'
import { headers } from 'nats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BusHarness, clock, type Node, numbers, onceEach } from '../int-spec/bus-harness.ts'
import { doubleNumber as double, nobodyAnswers as nobody, thingHappened } from '../int-spec/things.ts'
import { Doubler, refusedNumber, seenNumbers, ThingsController, ThingsModule } from '../int-spec/things.controller.ts'
import { JetStreamServer } from '../jetstream-server.ts'
import { RpcClient } from '../rpc-client.ts'
import { deadlineHeader, rpcSubjectOf } from './rpc-wire.ts'

const backends = testBackends()
const harness = new BusHarness(backends)
let node: Node
let client: RpcClient
let stopNest: () => Promise<void>

beforeAll(async () => {
  await harness.prepare()
  node = await harness.node()
  const { bus, runner, log } = node
  const strategy = new JetStreamServer({ service: 'things', bus, runner, logger: log.logger, clock })
  const app = await NestFactory.createMicroservice(ThingsModule, { strategy, logger: false })
  await app.listen()
  stopNest = () => app.close()
  client = new RpcClient(bus, clock)
  await eventually(async () => (await client.ask(double, { number: 1 })).ok)
})

afterAll(() => stopNest())

describe('questions over the bus', () => {
  it('are answered with the value, with defaults of the contract filled in', async () => {
    expect(await client.ask(double, { number: 21 })).toEqual(ok({ number: 42, note: 'none' }))
  })

  it('bring back the refusal of the answering service as it is', async () => {
    expect(await client.ask(double, { number: -1 })).toEqual(err(refusedNumber))
  })

  it('tell a failure of the answering method apart from a refusal', async () => {
    expect(await client.ask(double, { number: 13 })).toMatchObject({ ok: false, error: { code: 'ANSWER_FAILED' } })
  })

  it('end at the deadline', async () => {
    const beganMs = performance.now()
    const reply = await client.ask(double, { number: 700 }, { deadlineMs: 200 })
    expect(reply).toMatchObject({ ok: false, error: { code: 'DEADLINE_EXCEEDED', kind: 'unknown' } })
    expect(performance.now() - beganMs).toBeLessThan(600)
  })

  it('fail at once when nobody answers', async () => {
    const beganMs = performance.now()
    const reply = await client.ask(nobody, { number: 1 })
    expect(reply).toMatchObject({ ok: false, error: { code: 'SERVICE_UNAVAILABLE', kind: 'unavailable' } })
    expect(performance.now() - beganMs).toBeLessThan(300)
  })

  it('are refused before they are sent when they break their contract', async () => {
    const reply = await client.ask(double, { number: 1.5 })
    expect(reply).toMatchObject({ ok: false, error: { code: 'REQUEST_INVALID' } })
  })

  it('are answered although the clocks of both sides are an hour apart', async () => {
    for (const hours of [-1, 1]) {
      const apart = new RpcClient(node.bus, new ClockApart(hours * 3_600_000))
      expect(await apart.ask(double, { number: 3 }, { deadlineMs: 1_000 })).toMatchObject({ ok: true })
    }
  })

  it('are dropped by the answering side once nobody waits any more', async () => {
    const sent = headers()
    sent.set(deadlineHeader, String(node.bus.nowMs() - 1))
    const connection = node.bus.connection()
    connection.publish(rpcSubjectOf(double), JSON.stringify({ number: 4_711 }), { headers: sent })
    expect(await client.ask(double, { number: 2 })).toMatchObject({ ok: true })
    expect(seenNumbers).not.toContain(4_711)
  })
})

describe('a Nest controller on the bus', () => {
  it('handles events once, in transactions, under the durable of its service', async () => {
    await node.database.transact(async (tx) => {
      tx.append(
        thingHappened,
        numbers(1, 120).map((number) => ({ account: 'a', number })),
      )
    })
    await eventually(async () => onceEach(await harness.effects('nest'), 120))
    const info = await node.bus.manager().consumers.info('EVENTS', 'things-happened')
    expect(info.config.filter_subjects).toEqual([thingHappened.name])
  })

  it('can be called by a test like any other object', async () => {
    const controller = new ThingsController(new Doubler())
    expect(await controller.double({ number: 4, note: 'n' })).toEqual(ok({ number: 8, note: 'n' }))
  })
})

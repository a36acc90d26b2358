import { orderSubmit } from '@tradewire/contracts/events/orders'
import { notSent } from '@tradewire/broker-kit/broker-error'
import { err, ok } from '@tradewire/kernel/result'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { beforeEach, describe, expect, it } from 'vitest'
import { newAttempt } from '#domain/attempt/attempt'
import { Desk, openAttempt, type OpenAttempt } from '#domain/sending/desk'
import { paperBroker } from '../../adapters/paper/paper.adapter.ts'
import { ApplyEvidence } from '../apply-evidence/apply-evidence.use-case.ts'
import { SettleOutcome } from '../settle-outcome/settle-outcome.use-case.ts'
import { PlaceOrders } from './place-orders.use-case.ts'

const example = { ...orderSubmit.data.parse(orderSubmit.example), venue: 'paper' as const }
const at = new Date('2026-01-01T00:00:00Z')
const partition = 0

describe('placing an order whose leverage is being set', () => {
  let desk: Desk
  let submitted: number
  let leverageIsSet: () => void
  let expired: boolean
  let refused: string[]
  let orders: PlaceOrders

  beforeEach(() => {
    desk = new Desk({ all: 1, exits: 0 })
    submitted = 0
    expired = false
    refused = []
    const session = { submit: () => Promise.resolve(ok({ number: (submitted += 1) })) }
    const opened = { account: { venue: 'paper' }, definition: paperBroker, session }
    const gate = {
      expired: () => expired,
      leaseHolds: () => desk.maySend(partition, 0),
      now: () => at,
      ensureLeverage: () => new Promise((resolve) => (leverageIsSet = () => resolve(ok(undefined)))),
    }
    const outcomes = {
      execute: () => Promise.resolve({ kind: 'settled' }),
      refuse: (_: OpenAttempt, code: string) => refused.push(code),
    }
    const logger = { error: (fields: { readonly err: unknown }) => expect(fields.err).toBeUndefined() }
    const sessions = { known: () => opened }
    orders = new PlaceOrders(desk, sessions as never, gate as never, outcomes as never, logger as never)
  })

  function hold(generation: string): OpenAttempt {
    desk.hold({ partition, generation, validUntilMs: 1 })
    const attempt = newAttempt({ command: example, clientOrderId: 'c', partition, receivedAt: at })
    const one = openAttempt(attempt, generation, null)
    desk.add(one)
    return one
  }

  it('sends it when it is set', async () => {
    const placing = orders.execute(hold('1'))
    leverageIsSet()
    await placing
    expect(submitted).toBe(1)
  })

  it('does not send it when it has expired over that', async () => {
    const placing = orders.execute(hold('1'))
    expired = true
    leverageIsSet()
    await placing
    expect([submitted, refused]).toEqual([0, ['EXPIRED_BEFORE_SEND']])
  })

  it('leaves it to the ownership that has begun meanwhile, also when that is this process again', async () => {
    const placing = orders.execute(hold('1'))
    desk.drop(partition)
    hold('3')
    leverageIsSet()
    await placing
    expect(submitted).toBe(0)
  })
})

describe('placing an order that turns out not to have left', () => {
  it('does not send it again when it was cancelled on its way', async () => {
    const desk = new Desk({ all: 1, exits: 0 })
    desk.hold({ partition, generation: '1', validUntilMs: 1 })
    const attempt = newAttempt({ command: example, clientOrderId: 'c', partition, receivedAt: at })
    const one = openAttempt(attempt, '1', null)
    desk.add(one)
    const submit = () => {
      one.attempt = { ...one.attempt, cancelRequested: true }
      return Promise.resolve(err(notSent('no connection')))
    }
    const opened = { account: { venue: 'paper' }, definition: paperBroker, session: { submit } }
    const gate = {
      expired: () => false,
      leaseHolds: () => true,
      now: () => at,
      ensureLeverage: () => Promise.resolve(ok(undefined)),
    }
    const written: string[] = []
    const writer = {
      deferWhile: () => undefined,
      write: (result: { readonly attempt: { readonly state: string } }) => written.push(result.attempt.state),
    }
    const evidence = new ApplyEvidence(desk, writer as never, undefined as never, new ManualClock())
    const outcomes = new SettleOutcome(evidence, undefined as never, undefined as never, gate as never)
    const logger = { error: (fields: { readonly err: unknown }) => expect(fields.err).toBeUndefined() }
    const sessions = { known: () => opened }
    await new PlaceOrders(desk, sessions as never, gate as never, outcomes, logger as never).execute(one)
    expect(one.attempt).toMatchObject({ state: 'cancelled', reason: { code: 'CANCELLED_BEFORE_SEND' } })
    expect(written).toEqual(['cancelled'])
  })
})

import { BillingDesk, owner, stranger, strategyId } from '@tradewire/billing/testing/billing-desk'
import { tradeClosed } from '@tradewire/contracts/events/orders'
import { followChanged } from '@tradewire/contracts/events/signals'
import * as invoicing from '@tradewire/contracts/rpc/billing/invoices'
import * as fees from '@tradewire/contracts/rpc/billing/performance-fees'
import { Database } from '@tradewire/database/database'
import { StripeServer } from '@tradewire/paper/surfaces/stripe/stripe.controller'
import { reportingService } from '@tradewire/reporting/service'
import { eventually } from '@tradewire/testkit/eventually'
import { exampleOf } from '@tradewire/testkit/example-of'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import Fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const follower = { userId: followChanged.example.userId, roles: ['follower' as const] }
const { followId } = followChanged.example
const desk = new BillingDesk('2026-01-15T00:00:00.000Z')
const stripe = new StripeServer(desk.clock)
const http = Fastify()

let reporting: TestService
let trades = 0
let followRevision = 1

beforeAll(async () => {
  await stripe.register(http, () => true)
  await desk.start({
    BILLING_PROVIDERS: 'mock,stripe',
    BILLING_STRIPE_API_URL: await http.listen({ host: '127.0.0.1', port: 0 }),
    BILLING_STRIPE_SECRET_KEY: 'sk_test_fees',
  })
  reporting = await startTestService(reportingService, desk.backends, { clock: desk.clock })
})

afterAll(() => http.close())

beforeEach(async () => {
  await desk.clear()
  await desk.backends.query(`truncate billing.follow, billing.fee_offer, billing.fee_agreement, billing.performance_fee,
    billing.performance_trade, billing.payment, billing.invoice`)
  await desk.backends.query('truncate reporting.ledger_entry, reporting.trade')
})

type Publishing = (tx: Parameters<Parameters<Database['transact']>[0]>[0]) => void

function publish(from: TestService, append: Publishing): Promise<void> {
  return from.app.get(Database).transact((tx) => Promise.resolve(append(tx)))
}

async function rowsOf(table: string, count: number): Promise<void> {
  await eventually(async () => (await desk.backends.query(`select 1 from billing.${table}`)).length === count, {
    describe: `${count} of ${table}`,
  })
}

async function askFor(percent: string): Promise<void> {
  await desk.ask(fees.setPerformanceFee, { caller: owner, strategyId, terms: { percent, cycle: 'monthly' } })
}

/** Of one follow; the revision is what makes it news. */
async function follow(active = true): Promise<void> {
  followRevision += 1
  const revision = followRevision
  await publish(desk.service, (tx) => tx.append(followChanged, exampleOf(followChanged, { active, revision })))
  await eventually(async () => {
    const [row] = await desk.backends.query<{ revision: number }>('select revision from billing.follow')
    return row?.revision === revision
  })
}

async function close(realizedPnl: string, closedAt: string, symbol = 'BTC/USDT'): Promise<string> {
  trades += 1
  const tradeId = `01963a5e-0000-7000-8000-${String(trades).padStart(12, '0')}`
  const trade = { tradeId, strategyId, followId, userId: follower.userId, symbol, realizedPnl, fees: '0.1', closedAt }
  await publish(reporting, (tx) => tx.append(tradeClosed, exampleOf(tradeClosed, trade)))
  await eventually(async () => {
    const found = await desk.backends.query('select 1 from reporting.ledger_entry where trade_id = $1', [tradeId])
    return found.length === 2
  })
  return tradeId
}

async function passTo(time: string): Promise<void> {
  desk.clock.jumpTo(time)
  await desk.run('time')
}

const listed = async () => (await desk.ask(fees.listPerformanceFees, { caller: follower, page: {} })).items

describe('an account near the limit of its plan', () => {
  it('is told of once, until it was clear of it', async () => {
    const { userId, accountId } = followChanged.example
    const entitlement = JSON.stringify({ plan: 'STARTER', maxBalance: '1000' })
    await desk.backends.query(
      `insert into billing.customer (user_id, username, entitlement) values ($1, 'anna', $2)
       on conflict (user_id) do update set entitlement = excluded.entitlement`,
      [userId, entitlement],
    )
    await follow()
    const told: number[] = []
    let minutes = 0
    for (const total of ['899', '900', '880', '850', '849', '950']) {
      await desk.backends.query(
        `insert into reporting.balance_day values ($1, '2026-01-15', 'USDT', $2, $2, 1, now())
         on conflict (account_id, day) do update set total = excluded.total`,
        [accountId, total],
      )
      minutes += 6
      await passTo(new Date(Date.UTC(2026, 0, 15, 0, minutes)).toISOString())
      const raised = await desk.backends.query("select 1 from billing.outbox where subject = 'notice.raised'")
      told.push(raised.length)
    }
    expect(told).toEqual([0, 1, 1, 1, 1, 2])
  })
})

describe('a performance fee', () => {
  it('is charged for new profit alone, month by month, explained by its trades, paid, and shared with the owner', async () => {
    await askFor('20')
    await follow()
    const counted = [
      await close('150.25', '2026-01-20T00:00:00.000Z'),
      await close('-50.25', '2026-01-31T23:59:59.999Z'),
    ]
    await close('-80', '2026-02-10T00:00:00.000Z')
    await passTo('2026-02-01T00:30:00.000Z')
    expect(await listed()).toEqual([])
    await passTo('2026-02-01T01:00:00.000Z')
    const [january] = await listed()
    expect(january).toMatchObject({
      result: '100',
      highWaterBefore: '0',
      highWaterAfter: '100',
      chargeable: '100',
      amount: '20.00',
      currency: 'USD',
      status: 'open',
    })
    const explained = await desk.ask(fees.getPerformanceFeeLines, { caller: follower, feeId: january!.id })
    expect(explained.lines.map(({ tradeId, realizedPnl }) => [tradeId, realizedPnl])).toEqual([
      [counted[0], '150.25'],
      [counted[1], '-50.25'],
    ])
    const owed = `owed:owner:${owner.userId}`
    const due = { [`due:user:${follower.userId}`]: '20.00', [`pending:owner:${owner.userId}`]: '-16.00' }
    expect(await desk.balances()).toEqual({ ...due, 'revenue:performance': '-4.00' })
    const wish = { caller: follower, feeId: january!.id, provider: 'mock' as const }
    const intent = await desk.ask(fees.payPerformanceFee, wish)
    expect(await desk.ask(fees.payPerformanceFee, wish)).toEqual(intent)
    await desk.pay(intent.paymentUrl)
    expect(await desk.balances()).toEqual({
      'clearing:mock': '20.00',
      [owed]: '-16.00',
      'revenue:performance': '-4.00',
    })
    expect(await desk.refusal(fees.payPerformanceFee, wish)).toBe('FEE_NOT_OPEN')
    await passTo('2026-03-01T02:00:00.000Z')
    await close('90', '2026-03-05T00:00:00.000Z')
    await passTo('2026-04-01T02:00:00.000Z')
    const shown = (await listed()).map(({ amount, status, profitAfter, highWaterAfter }) => [
      amount,
      status,
      profitAfter,
      highWaterAfter,
    ])
    expect(shown).toEqual([
      ['2.00', 'open', '110', '110'],
      ['0.00', 'nothing-due', '20', '100'],
      ['20.00', 'paid', '100', '100'],
    ])
    const { items: invoices } = await desk.ask(invoicing.listInvoices, { caller: follower, page: {} })
    expect(invoices.map(({ number, amount, feeId }) => [number, amount, feeId])).toEqual([
      ['2026-000002', '2.00', (await listed())[0]!.id],
      ['2026-000001', '20.00', january!.id],
    ])
    const earned = await desk.ask(fees.listEarnedFees, { caller: owner, strategyId, page: {} })
    expect(earned.items.map(({ share }) => share)).toEqual(['1.60', '0.00', '16.00'])
    expect(await desk.refusal(fees.getPerformanceFeeLines, { caller: owner, feeId: january!.id })).toBe('FEE_NOT_FOUND')
    expect(await desk.refusal(fees.payPerformanceFee, { ...wish, caller: stranger })).toBe('FEE_NOT_FOUND')
    expect(await desk.refusal(fees.listEarnedFees, { caller: stranger, strategyId, page: {} })).toBe(
      'STRATEGY_NOT_FOUND',
    )
  })

  it('that is paid at two providers is paid once: what came in second is given back, and nobody earns by it', async () => {
    await askFor('20')
    await follow()
    await close('100', '2026-01-20T00:00:00.000Z')
    await passTo('2026-02-01T02:00:00.000Z')
    const feeId = (await listed())[0]!.id
    const open = (provider: 'mock' | 'stripe') =>
      desk.ask(fees.payPerformanceFee, { caller: follower, feeId, provider })
    const [byPage, byForm] = [await open('mock'), await open('stripe')]
    expect([byPage.clientSecret, byForm.paymentUrl]).toEqual([null, null])
    await desk.pay(byPage.paymentUrl)
    const intent = stripe.books.intents.get(byForm.clientSecret?.split('_secret_')[0] ?? '')!
    stripe.books.confirm(intent, 'pm_card_visa')
    for (const work of ['pull', 'events', 'time', 'events', 'time'] as const) await desk.run(work)
    // Stripe keeps its fee.
    const kept = { 'clearing:mock': '20.00', 'clearing:stripe': '-0.88', 'cost:provider-fees': '0.88' }
    const shared = { [`owed:owner:${owner.userId}`]: '-16.00', 'revenue:performance': '-4.00' }
    await eventually(async () => expect(await desk.balances()).toEqual({ ...kept, ...shared }))
    expect((await listed())[0]).toMatchObject({ status: 'paid' })
    expect([...stripe.books.refunds.values()].map(({ amount }) => amount)).toEqual([2_000])
    const told = (subject: string, text: string) =>
      desk.backends.query('select 1 from billing.outbox where subject = $1 and body like $2', [subject, `%${text}%`])
    await eventually(async () => expect(await told('refund.issued', '"amount":"20.00"')).toHaveLength(1))
    await eventually(async () => expect(await told('notice.raised', '"paid-in-vain"')).toHaveLength(1))
    const { items: invoices } = await desk.ask(invoicing.listInvoices, { caller: follower, page: {} })
    expect(invoices).toHaveLength(1)
  })

  it('counts a trade that is told too late in the next period, and none twice', async () => {
    await askFor('10')
    await follow()
    await close('100', '2026-01-20T00:00:00.000Z')
    await passTo('2026-02-01T02:00:00.000Z')
    await close('50', '2026-01-31T00:00:00.000Z')
    await close('-20', '2026-02-15T00:00:00.000Z')
    await passTo('2026-03-01T02:00:00.000Z')
    expect((await listed()).map(({ amount, result }) => [amount, result])).toEqual([
      ['3.00', '30'],
      ['10.00', '100'],
    ])
  })

  it('is not asked of who followed before it was, nor of the owner, and never raised on who agreed to less', async () => {
    await follow()
    await askFor('20')
    const own = { followId: '01963a5e-0000-7000-8000-0000000000f0', userId: owner.userId }
    await publish(desk.service, (tx) => tx.append(followChanged, exampleOf(followChanged, own)))
    await rowsOf('follow', 2)
    await rowsOf('fee_agreement', 0)
    await desk.backends.query('delete from billing.follow where user_id = $1', [owner.userId])
    await close('100', '2026-01-20T00:00:00.000Z')
    await passTo('2026-02-01T02:00:00.000Z')
    expect(await listed()).toEqual([])
    await follow(false)
    await follow()
    await askFor('30')
    await close('100', '2026-02-10T00:00:00.000Z')
    await passTo('2026-03-01T02:00:00.000Z')
    await askFor('5')
    await close('100', '2026-03-10T00:00:00.000Z')
    await passTo('2026-04-01T02:00:00.000Z')
    await askFor('0')
    await close('100', '2026-04-10T00:00:00.000Z')
    await passTo('2026-05-01T02:00:00.000Z')
    expect((await listed()).map(({ percent, amount }) => [percent, amount])).toEqual([
      ['0', '0.00'],
      ['5', '5.00'],
      ['20', '20.00'],
    ])
  })

  it('waits for the ledger, and for the rate of a currency that nobody pays in', async () => {
    await askFor('20')
    await follow()
    await close('0.5', '2026-01-20T00:00:00.000Z', 'ETH/BTC')
    await passTo('2026-02-01T02:00:00.000Z')
    expect(await listed()).toEqual([])
    await desk.backends.query("insert into reporting.usd_rate values ('live', 'BTC', 60000, now())")
    await passTo('2026-02-01T02:05:00.000Z')
    expect(await listed()).toEqual([])
    await passTo('2026-02-01T02:20:00.000Z')
    expect(await listed()).toMatchObject([
      { ledgerCurrency: 'BTC', chargeable: '0.5', rate: '60000', amount: '6000.00', currency: 'USD' },
    ])
  })

  it('is closed once, however many processes close it', async () => {
    await askFor('20')
    await follow()
    await close('100', '2026-01-20T00:00:00.000Z')
    desk.clock.jumpTo('2026-02-01T02:00:00.000Z')
    await Promise.all(Array.from({ length: 8 }, () => desk.run('time')))
    expect(await listed()).toHaveLength(1)
    expect(await desk.balances()).toMatchObject({ [`due:user:${follower.userId}`]: '20.00' })
  })
})

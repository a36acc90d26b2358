import { describe, expect, it } from 'vitest'
import { stripVTControlCharacters } from 'node:util'
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import { ordersOf, storyOf, untradedOf } from './story.ts'

const id = '01963a5e-0000-7000-8000-000000000002'
const at = '2022-01-10T12:00:00.000Z'

function storyWith(changes: Partial<ExplanationReply>, bracket: Partial<ExplanationReply['bracket']> = {}): string {
  const common = { signalId: id, strategyId: id, followId: id, accountId: id, userId: id, id }
  const amounts = { filledQuantity: '0', closedQuantity: '0', openPrice: null, closePrice: null, realizedPnl: null }
  const story: ExplanationReply = {
    bracket: {
      ...common,
      ...amounts,
      venue: 'paper',
      symbol: 'BTC/USDT',
      side: 'buy',
      state: 'denied',
      quantity: null,
      leverage: null,
      fees: null,
      closeReason: null,
      denial: null,
      failure: null,
      unprotectedMs: 0,
      createdAt: at,
      openedAt: null,
      closedAt: null,
      legs: [],
      ...bracket,
    },
    signal: { side: 'buy', price: '42000', targets: ['43000', '44000'] },
    strategy: { id, name: 'Breakout' },
    settings: [{ name: 'riskPercent', value: '1', source: 'risk profile' }],
    instrument: null,
    prices: null,
    balance: null,
    checks: [
      { code: 'FOLLOW_INACTIVE', outcome: 'passed' },
      { code: 'BELOW_MINIMUM', outcome: 'denied' },
      { code: 'MAX_RISK_EXCEEDED', outcome: 'not-reached' },
    ],
    sizing: null,
    targets: [],
    mergedTargets: [],
    protection: null,
    slippage: null,
    fees: [],
    timings: {
      signalReceivedAt: at,
      plannedAt: at,
      signalToPlanMs: 7,
      planToSentMs: null,
      sentToAnswerMs: null,
      signalToFillMs: null,
      unprotectedMs: 0,
    },
    timeline: [{ at, what: 'denied' }],
    ...changes,
  }
  return stripVTControlCharacters(storyOf(story))
}

describe('the story of an order', () => {
  it('says first why a follower got nothing, what led to it and what to do', () => {
    const context = { quantity: '0.0004', minimum: '0.001', minimumNotional: '5', bound: 'risk' }
    const denial = { code: 'BELOW_MINIMUM', message: 'Too small.', fix: 'Add funds.', context } as const
    const story = storyWith({}, { denial })
    expect(story).toContain('refused: Too small. (BELOW_MINIMUM)')
    expect(story).toContain('quantity 0.0004, minimum 0.001')
    expect(story).toContain('Add funds.')
    expect(story.indexOf('refused')).toBeLessThan(story.indexOf('Settings'))
  })

  it('counts the checks and names the one that decided', () => {
    expect(storyWith({})).toMatch(/passed\s+1 of 3\n\s+denied\s+BELOW_MINIMUM\n\s+not reached\s+1/)
  })

  it('tells the sizing in its own sentences, and each setting with where it came from', () => {
    const sizing = {
      caps: [],
      bound: 'risk',
      minimumQuantity: '0.001',
      quantity: '0.019',
      notional: '798',
      atRisk: '19',
      steps: ['1 % of the balance may be lost.'],
    }
    const story = storyWith({ sizing }, { state: 'protected', quantity: '0.019' })
    expect(story).toContain('buy 0.019 BTC/USDT at paper: protected')
    expect(story).toContain('1 % of the balance may be lost.')
    expect(story).toMatch(/riskPercent\s+1 {2}risk profile/)
  })
})

describe('the story of a signal', () => {
  const signal = {
    id,
    strategyId: id,
    source: 'TRADINGVIEW',
    side: 'buy',
    price: '42000',
    stop: { price: '41000', type: 'market' },
    targets: ['43000'],
    trailing: null,
    receivedAt: at,
    expiresAt: at,
    duplicates: 0,
  } as const
  const untraded = (followed: boolean): string =>
    stripVTControlCharacters(untradedOf({ signal: { ...signal, targets: [...signal.targets] }, followed }, 'LOGS'))

  it('lists its orders, each with how to explain it', () => {
    const order = { id: 'one', accountId: 'two', state: 'closed', quantity: '0.1', denial: null, venue: 'paper' }
    const orders = [{ ...order, side: 'buy', symbol: 'BTC/USDT' }] as unknown as Parameters<
      typeof ordersOf
    >[0]['orders']
    const text = stripVTControlCharacters(ordersOf({ signalId: id, orders, more: false }, (one) => `explain ${one}`))
    expect(text).toContain(`signal ${id}, orders: 1`)
    expect(text).toContain('buy BTC/USDT at paper')
    expect(text).toMatch(/closed\s+account two, 0.1\n\s+explain one/)
  })

  it('says when it was accepted and that nobody follows', () => {
    expect(untraded(false)).toContain(`buy at 42000: accepted at ${at}, no followers: nothing to do`)
  })

  it('says that orders of followers are still to come', () => {
    expect(untraded(true)).toContain('no orders yet')
    expect(untraded(true)).toContain('if nothing comes, LOGS tells more')
  })
})

import type { Denial } from '@tradewire/contracts/denials/all'
import { describe, expect, it } from 'vitest'
import { d, instrument } from '../../testing/bracket-fixtures.ts'
import { now, policy, signal } from '../../testing/gate-fixtures.ts'
import type { Instruments } from './instrument.ts'
import { leadingEnvironment, planInEach, refusedInEach } from './signal-plans.ts'

const known = { strategyActive: true, pause: null, overtakenBy: null }
const stop = { price: d('39605.7'), type: 'market' as const }
const coarse = { ...instrument, priceStep: d('5'), quantityStep: d('0.1') }

function plan(instruments: Instruments) {
  const planned = planInEach({ ...signal, stop }, { ...known, instruments }, policy, now)
  return { planned, leading: leadingEnvironment(planned) }
}

describe('what a signal means', () => {
  it('follows in each environment from the terms that hold there', () => {
    const { plans, denials } = plan({ live: instrument, paper: coarse }).planned
    expect([plans.live?.prices.stop.trigger, plans.paper?.prices.stop.trigger].map(String)).toEqual([
      '39605.7',
      '39610',
    ])
    expect([plans.live?.instrument, plans.paper?.instrument]).toEqual([instrument, coarse])
    expect(denials).toEqual({})
  })

  it.each(['live', 'paper'] as const)(
    'is refused where its symbol is not known, whatever is known beside %s',
    (there) => {
      const elsewhere = there === 'live' ? 'paper' : 'live'
      const { planned, leading } = plan({ [there]: instrument })
      expect(Object.keys(planned.plans)).toEqual([there])
      expect(planned.denials).toMatchObject({ [elsewhere]: { code: 'INSTRUMENT_UNKNOWN' } })
      expect(leading).toBe(there)
    },
  )

  it.each(['live', 'paper'] as const)(
    'is refused as a whole for what speaks against the terms that are known, %s',
    (there) => {
      const { planned, leading } = plan({ [there]: { ...instrument, active: false } })
      expect(planned.plans).toEqual({})
      expect(planned.denials[leading]?.code).toBe('SYMBOL_NOT_ACTIVE')
    },
  )

  it('is refused as a whole where nothing is known, and where it has been before', () => {
    const { planned, leading } = plan({})
    expect(planned.denials[leading]?.code).toBe('INSTRUMENT_UNKNOWN')
    const before: Denial = { code: 'STRATEGY_INACTIVE', context: { strategyId: signal.strategyId } }
    const again = refusedInEach(before)
    expect([again.denials.live, again.denials.paper, again.denials[leadingEnvironment(again)]]).toEqual([
      before,
      before,
      before,
    ])
  })
})

import type { TradeSettings } from '@tradewire/contracts/trade-settings'
import { decimal, type Decimal } from '@tradewire/kernel/decimal'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type BasicSettings, resolveSettings, settingLayers, type SettingsByLayer, silent } from './settings.ts'

const basic: BasicSettings = { riskPercent: decimal('1'), leverage: 5, maxNotional: null }

function resolved(
  strategy: TradeSettings | null,
  profile: TradeSettings | null,
  follow: TradeSettings | null,
  changes: Partial<BasicSettings> = {},
) {
  return resolveSettings({ ...basic, ...changes }, { ...silent, strategy, 'risk profile': profile, follow })
}

describe('settings laid over each other', () => {
  it("are the risk profile's percentage and the follow's leverage when nothing else is said", () => {
    const { sizing, multiplier, leverage, sources } = resolved(null, null, null)
    expect([sizing.mode, sizing.value.toString(), multiplier.toString(), leverage]).toEqual([
      'risk-percent',
      '1',
      '1',
      5,
    ])
    expect(sources).toEqual([
      { name: 'riskPercent', value: '1', source: 'risk profile' },
      { name: 'leverage', value: '5', source: 'follow' },
    ])
  })

  it('take a choice from the nearest layer that makes it', () => {
    const fixed = { sizing: { mode: 'fixed-notional', value: '500' } } as const
    const amount = { sizing: { mode: 'risk-amount', value: '20' }, multiplier: '2' } as const
    expect(resolved(fixed, null, null).sizing.mode).toBe('fixed-notional')
    expect(resolved(fixed, amount, null).sizing.mode).toBe('risk-amount')
    const nearest = resolved(amount, null, fixed)
    expect([nearest.sizing.mode, nearest.multiplier.toString()]).toEqual(['fixed-notional', '2'])
    expect(nearest.sources.slice(0, 2)).toEqual([
      { name: 'sizing', value: 'fixed-notional 500', source: 'follow' },
      { name: 'multiplier', value: '2', source: 'strategy' },
    ])
  })

  it('reach from the platform, the farthest, to the account, the nearest', () => {
    const sizing = (value: string) => ({ sizing: { mode: 'fixed-notional', value } }) as const
    const { sizing: chosen, sources } = resolveSettings(basic, {
      platform: { ...sizing('1'), maxPositions: 2, sides: ['buy'] },
      strategy: { ...sizing('2'), maxPositions: 3 },
      'risk profile': sizing('3'),
      follow: { ...sizing('4'), maxPositions: 9 },
      account: { ...sizing('5'), maxNotional: '100' },
    })
    expect(chosen.value.toString()).toBe('5')
    expect(sources.filter(({ name }) => name !== 'leverage').map(({ name, source }) => `${name}: ${source}`)).toEqual([
      'sizing: account',
      'maxNotional: account',
      'maxPositions: platform',
      'sides: platform',
    ])
  })

  it('take a limit from the strictest layer and name it', () => {
    const { maxNotional, maxLeverage, sources } = resolved(
      { maxNotional: '900', maxLeverage: 3 },
      { maxNotional: '1000' },
      { maxLeverage: 20 },
      { maxNotional: decimal('950') },
    )
    expect([maxNotional?.toString(), maxLeverage]).toEqual(['900', 3])
    expect(sources.filter(({ name }) => name.startsWith('max')).map(({ source }) => source)).toEqual([
      'strategy',
      'strategy',
    ])
  })

  it('choose for the time after the entry, and a nearer layer may take it back', () => {
    const moves = { moveStopToEntryAfterTarget: 1, moveStopOffsetPercent: '0.1' }
    const { exits, sources } = resolved(moves, { onStopFailure: 'alert' }, { moveStopToEntryAfterTarget: 2 })
    expect({ ...exits, moveStopOffsetPercent: `${exits.moveStopOffsetPercent}` }).toEqual({
      moveStopAfterTarget: 2,
      moveStopOffsetPercent: '0.1',
      onStopFailure: 'alert',
    })
    expect(sources.slice(-3)).toEqual([
      { name: 'moveStopToEntryAfterTarget', value: '2', source: 'follow' },
      { name: 'moveStopOffsetPercent', value: '0.1', source: 'strategy' },
      { name: 'onStopFailure', value: 'alert', source: 'risk profile' },
    ])
    const never = resolved(moves, null, { moveStopToEntryAfterTarget: 0 })
    expect(never.exits.moveStopAfterTarget).toBeNull()
    expect(never.sources.at(-1)).toEqual({ name: 'moveStopToEntryAfterTarget', value: 'never', source: 'follow' })
  })

  it('keep of lists what all layers allow, and every trading window', () => {
    const window = { timeZone: 'UTC', days: ['monday' as const], from: '09:00', to: '17:00' }
    const all = resolved(
      { sides: ['buy', 'sell'], symbols: ['A/B', 'C/D'], tradingWindow: window },
      { symbols: ['C/D', 'E/F'] },
      { sides: ['sell'], tradingWindow: { ...window, timeZone: 'Asia/Tokyo' } },
    )
    expect([all.sides, all.symbols]).toEqual([['sell'], ['C/D']])
    expect(all.tradingWindows.map(({ timeZone }) => timeZone)).toEqual(['UTC', 'Asia/Tokyo'])
  })

  it('never let one layer loosen the limit of another', () => {
    const limit = fc.option(fc.integer({ min: 1, max: 1_000 }), { nil: undefined })
    const layer = fc
      .record({ maxPositions: limit, maxRiskPercent: limit })
      .map(({ maxPositions, maxRiskPercent }): TradeSettings => ({
        ...(maxPositions !== undefined && { maxPositions }),
        ...(maxRiskPercent !== undefined && { maxRiskPercent: String(maxRiskPercent) }),
      }))
    const byLayer = Object.fromEntries(settingLayers.map((name) => [name, layer])) as {
      [Name in keyof SettingsByLayer]: typeof layer
    }
    fc.assert(
      fc.property(fc.record(byLayer), (layers) => {
        const { maxPositions, maxRiskPercent } = resolveSettings(basic, layers)
        for (const said of Object.values(layers)) {
          if (said.maxPositions !== undefined) expect(maxPositions).toBeLessThanOrEqual(said.maxPositions)
          if (said.maxRiskPercent !== undefined) {
            expect((maxRiskPercent as Decimal).lte(said.maxRiskPercent)).toBe(true)
          }
        }
      }),
    )
  })
})

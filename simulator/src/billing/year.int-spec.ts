import { expect, it } from 'vitest'
import { simulatedProviders } from './crowd/payers.ts'
import { simulateBilling } from './simulate-billing.ts'

const limitMs = 900_000

it(
  'says what all providers say after a year of a thousand subscribers',
  async () => {
    const world = { subscribers: 1_000, months: 12, seed: 1, providers: simulatedProviders, kills: 0 }
    const report = await simulateBilling(world)
    expect(report.mismatches).toEqual([])
    expect(report.ledgerImbalance).toBe('0')
    expect(report.payments).toBeGreaterThan(8_000)
    expect(report.refunds).toBeGreaterThan(50)
    expect(report.disputes).toBeGreaterThan(10)
    expect(report.deliveries.lost).toBeGreaterThan(1_000)
  },
  limitMs,
)

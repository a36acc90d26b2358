import { describe, expect, it } from 'vitest'
import { environmentOf, lacksToken } from './platform-account.ts'

const live = { environment: 'live', token: 'a.b.c' } as const

describe("the platform's own account at a venue", () => {
  it('says where accounts are that name no environment, and nothing of those that do', () => {
    expect(environmentOf('platform', live)).toBe('live')
    expect(environmentOf('platform', undefined)).toBe('paper')
    expect(environmentOf('paper', live)).toBe('paper')
  })

  it('stands in for a missing token where it is known, and nowhere else', () => {
    const at = (environment: 'paper' | 'live', credentials: Record<string, string> = {}) =>
      lacksToken({ venue: 'metaapi', environment }, credentials, live)
    expect([at('live'), at('paper'), at('paper', { token: 'x.y.z' })]).toEqual([false, true, false])
    expect(lacksToken({ venue: 'metaapi', environment: 'live' }, {}, undefined)).toBe(true)
    expect(lacksToken({ venue: 'binance-usdm', environment: 'live' }, {}, undefined)).toBe(false)
  })
})

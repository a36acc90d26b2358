import { describe, expect, it } from 'vitest'
import { LauncherError } from '../terminal/launcher-error.ts'
import { parseServices, serviceNames } from './catalogue.ts'

describe('a list of services', () => {
  it('may say all, none, or names in any order', () => {
    expect(parseServices('all')).toEqual([...serviceNames])
    expect(parseServices('none')).toEqual([])
    expect(parseServices('gateway, paper,gateway')).toEqual(['paper', 'gateway'])
  })

  it('is refused when it names something else, and the error lists what there is', () => {
    expect(() => parseServices('orders,oders')).toThrow(LauncherError)
    expect(() => parseServices('')).toThrow(/no service is called/)
  })
})

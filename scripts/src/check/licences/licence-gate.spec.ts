import { describe, expect, it } from 'vitest'
import { isAllowed, judgeLicence } from './licence-gate.ts'
import { lockedPackages } from './lockfile.ts'

describe('the licence gate', () => {
  it.each([
    'MIT',
    'Apache-2.0',
    '(MIT OR CC0-1.0)',
    '(MIT OR GPL-3.0-only)',
    'MIT AND ISC',
    '(GPL-3.0-only OR (MIT AND ISC))',
  ])('takes %s', (expression) => {
    expect(isAllowed(expression)).toBe(true)
  })

  it.each(['GPL-3.0-only', 'AGPL-3.0-only', 'MIT AND GPL-2.0-only', 'SEE LICENSE IN LICENSE', 'BSD-4-Clause', ''])(
    'refuses %s',
    (expression) => {
      expect(isAllowed(expression)).toBe(false)
    },
  )

  it('refuses a package that says nothing', () => {
    expect(judgeLicence({ name: 'silent', version: '1.0.0', licence: undefined })?.message).toContain('silent@1.0.0')
  })

  it('takes a named exception, also as a build for one platform', () => {
    expect(judgeLicence({ name: 'lightningcss', version: '1.0.0', licence: 'MPL-2.0' })).toBeUndefined()
    expect(judgeLicence({ name: 'lightningcss-linux-x64-gnu', version: '1.0.0', licence: 'MPL-2.0' })).toBeUndefined()
  })

  it('reads names, versions and what may be missing from a lockfile', () => {
    const lockfile = [
      'packages:',
      "  '@a/b@1.2.3':",
      '    resolution: {}',
      '  c@2.0.0:',
      '    os: [darwin]',
      '  d@3.0.0:',
      '    resolution: {}',
      'snapshots:',
      "  '@a/b@1.2.3(zod@4.0.0)': {}",
      '  c@2.0.0:',
      '    optional: true',
      '  d@3.0.0:',
      '    optional: true',
    ].join('\n')
    expect(lockedPackages(lockfile)).toEqual([
      { name: '@a/b', version: '1.2.3', optional: false },
      { name: 'c', version: '2.0.0', optional: true },
      { name: 'd', version: '3.0.0', optional: true },
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { IncompatibleServerError, refuseOldServer } from './server-version.ts'

describe('the server version', () => {
  it('must be 2.10 or newer', () => {
    for (const version of ['2.10.0', '2.10.27', '2.15.1', '3.0.0-beta'])
      expect(() => refuseOldServer(version)).not.toThrow()
  })

  it('is refused with a clear line when it is older or unreadable', () => {
    for (const version of ['2.9.10', '1.4.1', '0', 'x'])
      expect(() => refuseOldServer(version)).toThrow(IncompatibleServerError)
    expect(() => refuseOldServer('2.9.10')).toThrow(/2\.9\.10 is too old: 2\.10/)
  })
})

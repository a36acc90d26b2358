import { describe, expect, it } from 'vitest'
import { rotationLines } from './keys.command.ts'

const home = { root: '/srv/second' }

describe('what is said of a rotation', () => {
  it('is that brokers do not know the newest key of the file yet, where they were not restarted, and what to do', () => {
    const reply = { newestVersion: 1, rewrapped: 0, inUse: [{ version: 1, sealed: 3 }] }
    expect(() => rotationLines(home, reply, 2)).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/do not know v2 yet, v1 is their newest.* every key is still needed$/),
        mend: 'restart brokers one process after another, then: ./tradewire keys rotate --home /srv/second',
      }),
    )
  })

  it('is the same where another process of brokers has sealed by a newer one than the one that answered knows', () => {
    const inUse = [
      { version: 1, sealed: 3 },
      { version: 2, sealed: 1 },
    ]
    expect(() => rotationLines(home, { newestVersion: 1, rewrapped: 0, inUse }, undefined)).toThrow(
      /do not know v2 yet/,
    )
  })

  it('is which older versions are still in use', () => {
    const inUse = [
      { version: 1, sealed: 3 },
      { version: 2, sealed: 4_000 },
    ]
    expect(rotationLines(home, { newestVersion: 2, rewrapped: 4_000, inUse }, 2)).toEqual([
      '4000 keys were sealed anew by v2.',
      'Still in use: v1 (3)',
    ])
  })

  it('is when older versions may be taken out of the file', () => {
    const [done, then] = rotationLines(home, { newestVersion: 2, rewrapped: 3, inUse: [{ version: 2, sealed: 3 }] }, 2)
    expect(done).toBe('3 keys were sealed anew by v2.')
    expect(then).toContain('Once every process of brokers has started with v2, they may be taken out')
  })

  it('is how to add a newer one where there is only the first', () => {
    const [, then] = rotationLines(home, { newestVersion: 1, rewrapped: 0, inUse: [{ version: 1, sealed: 3 }] }, 1)
    expect(then).toBe('There is no older version; a newer one is added by ./tradewire keys add --home /srv/second')
  })
})

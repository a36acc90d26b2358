import type { Caller } from '@tradewire/contracts/caller'
import type { Event } from '@tradewire/contracts/define-event'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eventFrame, maySee, ownAccountIn, positionText, readPosition, eventIndexMax } from './live-event.ts'

const event = (data: unknown): Event => ({
  id: '01963a5e-0000-7000-8000-000000000001' as Event['id'],
  name: 'trade.opened',
  version: 1,
  occurredAt: '2026-01-01T00:00:00.000Z',
  data,
})
const me: Caller = { userId: 'a12565e5-567b-432a-93b2-6349653010d9', roles: ['follower'] }

describe('a position in the live stream', () => {
  it('reads back as it was written', () => {
    const positions = fc.record({
      sequence: fc.integer({ min: 0, max: 999_999_999_999_999 }),
      index: fc.integer({ min: 0, max: eventIndexMax }),
      life: fc.stringMatching(/^[a-z0-9]{1,12}$/),
    })
    fc.assert(
      fc.property(positions, (position) => {
        expect(readPosition(positionText(position))).toEqual(position)
      }),
    )
  })

  it('may be a bare sequence, and nothing else that we did not give out', () => {
    expect(readPosition('1042')).toEqual({ sequence: 1_042, index: eventIndexMax })
    for (const text of ['', 'abc', '-1', '1.2.3.4', '1;drop', '9'.repeat(16)]) {
      expect(readPosition(text), text).toBeUndefined()
    }
  })
})

const none: ReadonlySet<string> = new Set()

describe('a live event', () => {
  it('is seen by operators whatever it holds', () => {
    expect(maySee(event({ userId: 'someone' }), { ...me, roles: ['operator'] }, none)).toBe(true)
  })

  it('is seen by others only when it carries their own id', () => {
    expect(maySee(event({ userId: me.userId }), me, none)).toBe(true)
    for (const data of [{ userId: 'someone' }, { accountId: me.userId }, {}, null, 'text', { userId: undefined }]) {
      expect(maySee(event(data), me, none), JSON.stringify(data)).toBe(false)
    }
  })

  it('that names an account and no user is seen by the owner of the account', () => {
    const mine = new Set(['account-1'])
    expect(maySee(event({ accountId: 'account-1' }), me, mine)).toBe(true)
    expect(maySee(event({ accountId: 'account-2' }), me, mine)).toBe(false)
    expect(maySee(event({ accountId: 'account-1', userId: 'someone' }), me, mine)).toBe(false)
    expect(ownAccountIn(event({ accountId: 'account-3', userId: me.userId }), me)).toBe('account-3')
    expect(ownAccountIn(event({ accountId: 'account-3', userId: 'someone' }), me)).toBeUndefined()
  })

  it('stays one frame whatever its text holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const lines = eventFrame('1.0', 'trade.opened', { text }).split(/\r\n|\r|\n/)
        expect(lines).toHaveLength(5)
        expect(JSON.parse(lines[2]?.slice('data: '.length) ?? '')).toEqual({ text })
      }),
    )
  })
})

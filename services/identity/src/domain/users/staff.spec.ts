import { roles, type Role } from '@tradewire/contracts/caller'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { becomesStaff, givingFault, mayManage, settledRoles } from './staff.ts'

const someRoles = fc.uniqueArray(fc.constantFrom(...roles), { minLength: 1 })
const by = (...own: Role[]) => ({ userId: '01963a5e-0000-7000-8000-0000000000aa', roles: own })

describe('roles', () => {
  it('always settle to some that may stand together, and settling again changes nothing', () => {
    fc.assert(
      fc.property(someRoles, (wanted) => {
        const settled = settledRoles(wanted)
        expect(settled.length).toBeGreaterThan(0)
        if (settled.includes('owner')) expect(settled).toContain('operator')
        if (settled.includes('support')) expect(settled).toEqual(['support'])
        expect(settledRoles(settled)).toEqual(settled)
      }),
    )
  })

  it('of staff are given and taken by owners alone', () => {
    for (const role of ['owner', 'operator', 'support'] as const) {
      expect(givingFault(by('operator'), [role])).toBe('STAFF_IS_FOR_OWNERS')
      expect(givingFault(by('owner', 'operator'), [role])).toBeNull()
      expect(mayManage(by('operator'), { roles: [role, 'follower'] })).toBe(false)
    }
    expect(givingFault(by('operator'), ['provider', 'follower'])).toBeNull()
    expect(mayManage(by('operator'), { roles: ['follower'] })).toBe(true)
  })

  it('of staff are gained by whoever did not have them', () => {
    expect(becomesStaff(['provider'], ['support'])).toBe(true)
    expect(becomesStaff(['operator'], ['owner', 'operator'])).toBe(true)
    expect(becomesStaff(['owner', 'operator'], ['operator', 'provider'])).toBe(false)
    expect(becomesStaff(['follower'], ['provider'])).toBe(false)
  })

  it('cannot be given beside support', () => {
    expect(givingFault(by('owner', 'operator'), ['support', 'follower'])).toBe('SUPPORT_STANDS_ALONE')
  })
})

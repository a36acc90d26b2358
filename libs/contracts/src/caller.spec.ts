import { describe, expect, it } from 'vitest'
import { isOperator, maySee, roles, visibleTo, type Role } from './caller.ts'

const own = '01963a5e-0000-7000-8000-0000000000aa'
const other = '01963a5e-0000-7000-8000-0000000000bb'
const by = (...granted: Role[]) => ({ userId: own, roles: granted })

describe('what a caller sees', () => {
  it('is everything for operators and support, and else what is theirs', () => {
    const seeing = roles.filter((role) => maySee(by(role), other))
    expect(seeing).toEqual(['operator', 'support'])
    expect(roles.filter((role) => visibleTo(by(role)) === undefined)).toEqual(seeing)
    for (const role of roles) expect(maySee(by(role), own)).toBe(true)
  })

  it('says nothing of what they may do: support is no operator', () => {
    expect(roles.filter((role) => isOperator(by(role)))).toEqual(['operator'])
  })
})

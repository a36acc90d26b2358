import { describe, expect, it } from 'vitest'
import { auditedAct } from './audited-act.ts'

const actId = '01963a5e-0000-7000-8000-0000000000cc'
const shown = {
  caller: { userId: '01963a5e-0000-7000-8000-0000000000aa', roles: ['operator' as const] },
  id: '01963a5e-0000-7000-8000-0000000000bb',
  expiresAt: new Date('2026-11-21T10:10:00.000Z'),
  scopes: null,
  provedAt: null,
}
const route = { access: ['operator'], method: 'POST', operation: 'disableUser', scope: 'manage' } as const
const request = { route, shown, params: { userId: 'u1' }, address: '192.0.2.1' }

describe('the audit log', () => {
  it('hears of what a user asks to change, with the path’s parameters', () => {
    expect(auditedAct(request, actId)).toEqual({
      actId,
      userId: shown.caller.userId,
      credentialId: shown.id,
      operation: 'disableUser',
      subject: { userId: 'u1' },
      address: '192.0.2.1',
      mustPass: false,
    })
  })

  it('hears of no reads, and of nothing that has no caller', () => {
    expect(auditedAct({ ...request, route: { ...route, method: 'GET' } }, actId)).toBeNull()
    expect(auditedAct({ ...request, route: { ...route, access: 'public' }, shown: undefined }, actId)).toBeNull()
  })

  it('holds up no exit and no stop', () => {
    expect(auditedAct({ ...request, route: { ...route, scope: 'trade' } }, actId)?.mustPass).toBe(true)
  })
})

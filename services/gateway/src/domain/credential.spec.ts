import { allRoutes } from '@tradewire/contracts/http/all'
import { confirmSecondFactor, offerSecondFactor } from '@tradewire/contracts/rpc/identity'
import { addPasskey, offerPasskey } from '@tradewire/contracts/rpc/passkeys'
import { describe, expect, it } from 'vitest'
import { type Credential, denialOf } from './credential.ts'

const now = new Date('2026-11-21T10:00:00.000Z')
const session: Credential = {
  caller: { userId: '01963a5e-0000-7000-8000-0000000000aa', roles: ['follower'] },
  id: '01963a5e-0000-7000-8000-0000000000bb',
  expiresAt: new Date(now.getTime() + 600_000),
  scopes: null,
  provedAt: null,
}
const reading = { access: ['follower'], proof: 'any', scope: 'read' } as const

function codeOf(route: Parameters<typeof denialOf>[0], shown: Credential | undefined): string | undefined {
  return denialOf(route, shown, now)?.code
}

describe('a route', () => {
  it('is for everyone when it is public, and else for its roles', () => {
    expect(codeOf({ ...reading, access: 'public' }, undefined)).toBeUndefined()
    expect(codeOf(reading, undefined)).toBe('FORBIDDEN')
    expect(codeOf(reading, session)).toBeUndefined()
    expect(codeOf({ ...reading, access: ['operator'] }, session)).toBe('FORBIDDEN')
  })

  it('asks of an API key for its scope, and of no key for the right to make keys', () => {
    const key: Credential = { ...session, scopes: ['read'] }
    expect(codeOf(reading, key)).toBeUndefined()
    expect(codeOf({ ...reading, scope: 'trade' }, key)).toBe('SCOPE_NEEDED')
    expect(codeOf({ ...reading, proof: 'session' }, { ...key, scopes: ['read', 'trade', 'manage'] })).toBe(
      'SESSION_NEEDED',
    )
  })

  it('may ask for a fresh proof of those who have a second factor', () => {
    const route = { ...reading, proof: 'fresh' } as const
    const proved = (minutesAgo: number): Credential => ({
      ...session,
      provedAt: new Date(now.getTime() - minutesAgo * 60_000),
    })
    expect(codeOf(route, session)).toBeUndefined()
    expect(codeOf(route, proved(15))).toBeUndefined()
    expect(codeOf(route, proved(16))).toBe('PROOF_NEEDED')
    expect(codeOf(reading, proved(16))).toBeUndefined()
  })
  it('that adds a second factor asks for a fresh proof of the one before, on each surface', () => {
    const adding: readonly unknown[] = [offerSecondFactor, confirmSecondFactor, offerPasskey, addPasskey]
    const routes = allRoutes.filter(({ rpc }) => adding.includes(rpc))
    expect(routes).toHaveLength(6)
    for (const route of routes) {
      expect(codeOf(route, { ...session, provedAt: new Date(0) }), route.operation).toBe('PROOF_NEEDED')
      expect(codeOf(route, session), route.operation).toBeUndefined()
    }
  })
})

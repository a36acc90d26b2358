import { describe, expect, it } from 'vitest'
import { oidcIssuer, vouchedUser } from './oidc-issuer.map.ts'

const issuer = oidcIssuer.parse({
  issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_abc',
  audiences: ['client-1'],
  tokenUse: 'access',
  groups: { admins: 'operator', makers: 'provider' },
})
const token = { sub: 'f3a1', exp: 1_800_000_000, client_id: 'client-1', token_use: 'access', username: 'jane' }

describe('a token of another issuer', () => {
  it('gives the roles that the operator mapped its groups to, and no others', () => {
    expect(vouchedUser(issuer, token)).toMatchObject({ subject: 'f3a1', name: 'jane', roles: ['follower'] })
    const groups = ['admins', 'makers', 'operator', '__proto__']
    expect(vouchedUser(issuer, { ...token, 'cognito:groups': groups })?.roles).toEqual(['operator', 'provider'])
    expect(vouchedUser({ ...issuer, defaultRole: null }, token)).toBeNull()
  })

  it('is for us only when it names one of our clients', () => {
    expect(vouchedUser(issuer, { ...token, client_id: 'client-2' })).toBeNull()
    expect(vouchedUser(issuer, { ...token, client_id: undefined })).toBeNull()
    expect(vouchedUser(issuer, { ...token, aud: 'client-2' })).toBeNull()
    expect(vouchedUser(issuer, { ...token, client_id: undefined, aud: ['x', 'client-1'] })).not.toBeNull()
  })

  it('of the other use is refused', () => {
    expect(vouchedUser(issuer, { ...token, token_use: 'id' })).toBeNull()
    expect(vouchedUser(issuer, { ...token, token_use: undefined })).toBeNull()
  })

  it('may lack a name, and a malformed address is left out', () => {
    const bare = { ...token, username: undefined, email: 'not an address' }
    expect(vouchedUser(issuer, bare)).toMatchObject({ name: null, email: null })
  })
})

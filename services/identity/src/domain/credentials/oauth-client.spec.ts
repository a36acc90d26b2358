import { describe, expect, it } from 'vitest'
import { grantedScopes } from './oauth-client.ts'

describe('the scopes of a token', () => {
  it('are all of the client when none are asked for', () => {
    expect(grantedScopes(['read', 'trade'], null)).toEqual(['read', 'trade'])
  })

  it('are those asked for, each once, if the client has them all', () => {
    expect(grantedScopes(['read', 'trade'], ['trade', 'trade'])).toEqual(['trade'])
    expect(grantedScopes(['read'], ['read', 'trade'])).toBeNull()
    expect(grantedScopes(['read'], ['constructor'])).toBeNull()
    expect(grantedScopes(['read'], [])).toBeNull()
  })
})

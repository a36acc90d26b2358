import { describe, expect, it } from 'vitest'
import { challengeIn, partyOf } from './passkey.ts'

describe('whom passkeys are bound to', () => {
  it('is where the gateway is reached, unless set otherwise', () => {
    const publicUrl = 'https://api.trade.example:8443/'
    const organisationName = 'Acme'
    expect(partyOf({ publicUrl, organisationName, passkeyOrigins: [] })).toEqual({
      id: 'api.trade.example',
      name: 'Acme',
      origins: ['https://api.trade.example:8443'],
    })
    const own = { passkeyDomain: 'trade.example', passkeyOrigins: ['https://app.trade.example'] }
    expect(partyOf({ publicUrl, organisationName, ...own })).toEqual({
      id: 'trade.example',
      name: 'Acme',
      origins: ['https://app.trade.example'],
    })
  })
})

describe('the challenge that a browser says it signed', () => {
  it('is null when it says nothing readable', () => {
    const said = (text: string) =>
      challengeIn({ response: { clientDataJSON: Buffer.from(text).toString('base64url') } })
    expect(said('{"challenge":"abc"}')).toBe('abc')
    for (const text of ['', 'null', '[]', '{"challenge":1}', '{"challenge"']) expect(said(text)).toBeNull()
  })
})

import { describe, expect, it } from 'vitest'
import { readTokenRequest } from './token-request.ts'

const contentType = 'application/x-www-form-urlencoded; charset=utf-8'
const grant = 'grant_type=client_credentials'
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`

function read(body: string | undefined, authorization?: string) {
  return readTokenRequest({ authorization, contentType, body })
}

function errorOf(request: ReturnType<typeof read>): string | undefined {
  return 'error' in request ? request.error : undefined
}

describe('a request for a token', () => {
  it('names its client in the header or in the form', () => {
    const expected = { clientId: 'id', clientSecret: 's+e%c r' }
    expect(read(grant, basic('id:s%2Be%25c+r'))).toEqual({ ...expected, scopes: null })
    expect(read(`${grant}&client_id=id&client_secret=s%2Be%25c+r`)).toEqual({ ...expected, scopes: null })
    expect(read(`${grant}&client_id=id`, basic('id:secret'))).toMatchObject({ clientSecret: 'secret' })
  })

  it('may name scopes, each counted once', () => {
    expect(read(`${grant}&scope=read+trade++read`, basic('id:secret'))).toMatchObject({ scopes: ['read', 'trade'] })
    expect(read(`${grant}&scope=+`, basic('id:secret'))).toMatchObject({ scopes: null })
  })

  it('is refused when something stands twice, or in both places', () => {
    expect(errorOf(read(`${grant}&scope=read&scope=trade`, basic('id:secret')))).toBe('invalid_request')
    expect(errorOf(read(`${grant}&client_id=id&client_secret=x`, basic('id:secret')))).toBe('invalid_request')
    expect(errorOf(read(`${grant}&client_id=other`, basic('id:secret')))).toBe('invalid_request')
  })

  it('is refused without a client, with the word for that', () => {
    for (const authorization of [
      undefined,
      'Bearer token',
      basic('id'),
      basic(':secret'),
      basic('id:'),
      basic('%zz:s'),
    ]) {
      expect(errorOf(read(grant, authorization))).toBe('invalid_client')
    }
  })

  it('is refused for another grant, none, or another kind of body', () => {
    expect(errorOf(read('grant_type=password', basic('id:secret')))).toBe('unsupported_grant_type')
    expect(errorOf(read(undefined, basic('id:secret')))).toBe('invalid_request')
    const json = { authorization: basic('id:secret'), contentType: 'application/json', body: '{}' }
    expect(errorOf(readTokenRequest(json))).toBe('invalid_request')
  })
})

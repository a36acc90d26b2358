import { describe, expect, it } from 'vitest'
import { amzDateOf, awsAuthorization } from './aws-signature.client.ts'

const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const scope = { region: 'us-east-1', service: 'service' }
const headers = { Host: 'example.amazonaws.com', 'X-Amz-Date': '20150830T123600Z' }
const form = { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' }

/** From the test suite that AWS has published for implementers of the signature. */
const published = [
  [
    'get-vanilla',
    { method: 'GET', headers, body: '' },
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'post-vanilla',
    { method: 'POST', headers, body: '' },
    '5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b',
  ],
  [
    'post-x-www-form-urlencoded',
    { method: 'POST', headers: form, body: 'Param1=value1' },
    'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
  ],
] as const

describe('the signature of a request to AWS', () => {
  it.each(published)('is that of the published vector %s', (_, request, signature) => {
    const names = Object.keys(request.headers)
      .map((name) => name.toLowerCase())
      .toSorted()
      .join(';')
    expect(awsAuthorization({ path: '/', ...request }, key, scope)).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
    )
  })

  it('is dated in the basic form, without fractions', () => {
    expect(amzDateOf(new Date('2015-08-30T12:36:00.123Z'))).toBe('20150830T123600Z')
  })
})

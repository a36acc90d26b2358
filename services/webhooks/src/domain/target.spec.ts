import { describe, expect, it } from 'vitest'
import { Targets } from './target.ts'

describe('the targets of webhooks', () => {
  const targets = new Targets([])

  it.each([
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://0177.0.0.1/',
    'https://0.0.0.0/',
    'https://10.1.2.3/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://100.64.0.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://198.18.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    'https://[fe80::1]/',
    'https://[fc00::1]/',
    'https://[fec0::1]/',
    'https://[ff02::1]/',
    'http://example.com/',
    'https://example.com:8080/',
    'https://user:password@example.com/',
    'ftp://example.com/',
    'not a url',
  ])('refuse %s', (url) => {
    expect(targets.refusalOf(url)).toBeDefined()
  })

  it.each([
    'https://example.com/hooks',
    'https://example.com:8443/',
    'https://93.184.216.34/',
    'https://[2606:4700::1]/',
  ])('allow %s', (url) => {
    expect(targets.refusalOf(url)).toBeUndefined()
  })

  it('allow a private network only when told to, and nothing beside it', () => {
    const local = new Targets(['127.0.0.0/8'])
    expect(local.refusalOf('http://127.0.0.1:9000/hooks')).toBeUndefined()
    expect(local.allowsAddress('::ffff:127.0.0.1')).toBe(true)
    expect(local.allowsAddress('10.0.0.1')).toBe(false)
    expect(local.refusalOf('http://10.0.0.1/')).toBeDefined()
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { networkOf } from './client-network.ts'

const group = fc.integer({ min: 0, max: 0xff_ff }).map((value) => value.toString(16))
const groups = (length: number) => fc.array(group, { minLength: length, maxLength: length })
/** First groups that mean an IPv4 address with others after them. */
const zeros = ['0', '0', '0', '0']

describe('the network of a client', () => {
  it('is the same for all addresses of one /64, however they are written, and another for each other /64', () => {
    fc.assert(
      fc.property(groups(4), groups(4), groups(4), groups(4), (network, other, left, right) => {
        fc.pre(network.join() !== zeros.join() && network.join() !== other.join())
        const of = (first: string[], last: string[]) => networkOf([...first, ...last].join(':'))
        expect(of(network, left)).toBe(of(network, right))
        expect(of(network, left).toUpperCase()).toBe(
          networkOf([...network, ...left].join(':').toUpperCase()).toUpperCase(),
        )
        expect(of(network, left)).toBe(networkOf(`${network.join(':')}::`))
        expect(of(network, left)).not.toBe(of(other, left))
      }),
    )
  })

  it('is the address itself for IPv4, also in its IPv6 forms', () => {
    for (const text of ['192.0.2.1', '::ffff:192.0.2.1', '::FFFF:c000:201', '0:0:0:0:0:ffff:192.0.2.1']) {
      expect(networkOf(text)).toBe('192.0.2.1')
    }
    expect(networkOf('192.0.2.2')).toBe('192.0.2.2')
  })

  it('takes short forms and zones', () => {
    expect(networkOf('2001:db8::1')).toBe('2001:db8:0:0::/64')
    expect(networkOf('2001:db8:0:0:1::1')).toBe('2001:db8:0:0::/64')
    expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64')
    expect(networkOf('::1')).toBe('0:0:0:0::/64')
  })

  it('leaves alone what is no address', () => {
    expect(networkOf('password change')).toBe('password change')
    expect(networkOf('')).toBe('')
  })
})

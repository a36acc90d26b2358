import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf, intentIdOf } from './ids.ts'

const words = fc.record({ signal: fc.uuid({ version: 7 }), account: fc.uuid(), leg: fc.constantFrom('entry', 'stop') })

describe('the intent id', () => {
  it('is a UUID that follows from what it stands for and starts with the time of its signal', () => {
    fc.assert(
      fc.property(words, ({ signal, account, leg }) => {
        const id = intentIdOf(signal, account, leg, 'entry')
        expect(idOf(id)).toBe(intentIdOf(signal, account, leg, 'entry'))
        expect(id.slice(0, 15)).toBe(signal.slice(0, 15))
      }),
    )
  })

  it('differs between legs, accounts, purposes and signals of one millisecond', () => {
    fc.assert(
      fc.property(words, fc.uuid(), ({ signal, account, leg }, other) => {
        const ids = [
          intentIdOf(signal, account, leg, 'entry'),
          intentIdOf(signal, other, leg, 'entry'),
          intentIdOf(signal, account, `${leg} 2`, 'entry'),
          intentIdOf(signal, account, leg, 'close'),
          intentIdOf(`${signal.slice(0, 19)}-a${other.slice(20)}`, account, leg, 'entry'),
        ]
        expect(new Set(ids).size).toBe(account === other ? 4 : 5)
      }),
    )
  })
})

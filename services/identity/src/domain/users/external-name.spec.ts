import { username } from '@tradewire/contracts/rpc/identity'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { externalName } from './external-name.ts'

it('keeps what another issuer calls a user as far as it can', () => {
  expect(externalName('Jane Doe', 'a1b2c3')).toBe('jane-doe-a1b2c3')
  expect(externalName('jane@example.com', 'a1b2c3')).toBe('jane-a1b2c3')
  expect(externalName(null, 'a1b2c3')).toBe('user-a1b2c3')
})

it('is a valid user name whatever they are called', () => {
  fc.assert(fc.property(fc.string(), (name) => username.safeParse(externalName(name, 'a1b2c3')).success))
})

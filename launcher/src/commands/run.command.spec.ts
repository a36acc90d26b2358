import { expect, it } from 'vitest'
import { databaseSettingsUnset } from './run.command.ts'

it('services whose database nobody names are told which settings would', () => {
  expect(databaseSettingsUnset('orders', {})).toEqual(['DATABASE_URL', 'ORDERS_DATABASE_URL'])
  for (const name of ['DATABASE_URL', 'DATABASE_URL_FILE', 'ORDERS_DATABASE_URL']) {
    expect(databaseSettingsUnset('orders', { [name]: 'given' })).toEqual([])
  }
})

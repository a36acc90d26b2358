import { expect, it } from 'vitest'
import { errorFields } from './bus-logger.ts'

it('says of an error in the log because of what it came', () => {
  const cause = new TypeError('getaddrinfo EAI_AGAIN postgres')
  expect(errorFields(new Error('PostgreSQL is not available', { cause }))).toEqual({
    error: 'Error: PostgreSQL is not available; cause: TypeError: getaddrinfo EAI_AGAIN postgres',
  })
  expect(errorFields('broken')).toEqual({ error: 'broken' })
})

it('ends where an error is its own cause', () => {
  const error = new Error('again')
  error.cause = error
  expect(errorFields(error).error.match(/again/g)).toHaveLength(4)
})

import { expect, it } from 'vitest'
import { causeIn } from './start-backends.ts'

const log = [
  'PostgreSQL did not start; its log ends with:',
  '2026-11-22 11:34:05.931 UTC [21362] LOG:  starting PostgreSQL 18.4 on x86_64-pc-linux-gnu, 64-bit',
  '2026-11-22 11:34:05.931 UTC [21362] LOG:  could not bind IPv4 address "127.0.0.1": Permission denied',
  '2026-11-22 11:34:05.931 UTC [21362] FATAL:  could not create any TCP/IP sockets',
]

it('the cause of a server that does not start is the first telling line of its log', () => {
  expect(causeIn('postgres', log.join('\n'))).toBe('could not bind IPv4 address "127.0.0.1": Permission denied')
  expect(causeIn('postgres', 'the port belongs to another PostgreSQL')).toBe('the port belongs to another PostgreSQL')
})

import { describe, expect, it } from 'vitest'
import { serverAddress } from './server-address.ts'

describe('the address of NATS', () => {
  it('names one server or several, with or without the scheme', () => {
    expect(serverAddress('nats://nats:4222')).toEqual({ servers: ['nats://nats:4222'] })
    expect(serverAddress('one:4222, two:4222')).toEqual({ servers: ['one:4222', 'two:4222'] })
  })

  it('holds the login, which the servers are then called without', () => {
    expect(serverAddress('nats://tradewire:p%40ss@one:4222,nats://two:4222')).toEqual({
      servers: ['nats://one:4222', 'nats://two:4222'],
      user: 'tradewire',
      pass: 'p@ss',
    })
    expect(serverAddress('tradewire:word@[::1]:4222')).toEqual({
      servers: ['[::1]:4222'],
      user: 'tradewire',
      pass: 'word',
    })
  })
})

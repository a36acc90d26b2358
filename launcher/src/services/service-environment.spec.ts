import { describe, expect, it } from 'vitest'
import { homeAt } from '../home/home.ts'
import { portOffsets } from './ports.ts'
import { loginsFrom, ownEnvironment, roleOf, serviceEnvironment } from './service-environment.ts'

const input = {
  inherited: {},
  home: homeAt('/srv/tradewire'),
  keys: {
    identitySigning: '/srv/keys/signing',
    identityMaster: '/srv/keys/users',
    brokersMaster: '/srv/keys/master',
    metaapiToken: '/srv/keys/metaapi',
  },
  ports: {
    ...portOffsets,
    gateway: 7400,
    operations: 7409,
    signals: 7401,
    paper: 7402,
    xapiMain: 7413,
    xapiStream: 7414,
  },
  natsUrl: 'nats://127.0.0.1:7411',
  redisUrl: 'redis://127.0.0.1:7412',
  databaseUrls: { orders: 'postgres://tradewire_orders:secret@127.0.0.1:7410/tradewire' },
}

describe('the environment of services', () => {
  it('tells each service its port, its own login, the servers and the other services', () => {
    expect(serviceEnvironment(input)).toMatchObject({
      GATEWAY_HTTP_PORT: '7400',
      GATEWAY_OPERATIONS_PORT: '7409',
      SIGNALS_HTTP_PORT: '7401',
      ORDERS_DATABASE_URL: 'postgres://tradewire_orders:secret@127.0.0.1:7410/tradewire',
      NATS_URL: 'nats://127.0.0.1:7411',
      REDIS_URL: 'redis://127.0.0.1:7412',
      GATEWAY_SIGNALS_URL: 'http://127.0.0.1:7401',
      BROKERS_PAPER_URL: 'http://127.0.0.1:7402',
      PAPER_XAPI_MAIN_PORT: '7413',
      PAPER_XAPI_STREAM_PORT: '7414',
      IDENTITY_SIGNING_KEY_FILE: '/srv/keys/signing',
      IDENTITY_MASTER_KEY_FILE: '/srv/keys/users',
      IDENTITY_MAIL_DIRECTORY: '/srv/tradewire/mail',
      IDENTITY_PUBLIC_URL: 'http://localhost:7400',
      BROKERS_MASTER_KEY_FILE: '/srv/keys/master',
    })
  })

  it('never hands on the administrator’s database URL', () => {
    const inherited = { DATABASE_URL: 'postgres://admin:secret@db/tradewire' }
    const environment = serviceEnvironment({ ...input, inherited })
    expect(environment).not.toHaveProperty('DATABASE_URL')
    expect(JSON.stringify(environment)).not.toContain('admin')
  })

  it('lets settings of the person win over our defaults, but not over what was started', () => {
    const inherited = { BROKERS_PAPER_URL: 'http://venue.test', GATEWAY_HTTP_PORT: '1', NATS_URL: 'nats://old' }
    expect(serviceEnvironment({ ...input, inherited })).toMatchObject({
      BROKERS_PAPER_URL: 'http://venue.test',
      GATEWAY_HTTP_PORT: '7400',
      NATS_URL: 'nats://127.0.0.1:7411',
    })
  })

  it('gives the platform an account at the simulated MetaApi, unless it has one of its own', () => {
    expect(serviceEnvironment(input)).toMatchObject({
      BROKERS_METAAPI_TOKEN_FILE: '/srv/keys/metaapi',
      BROKERS_METAAPI_ENVIRONMENT: 'paper',
      PAPER_METAAPI_TOKEN_FILE: '/srv/keys/metaapi',
    })
    const own = serviceEnvironment({ ...input, inherited: { BROKERS_METAAPI_TOKEN: 'a.b.c' } })
    expect(own).not.toHaveProperty('BROKERS_METAAPI_ENVIRONMENT')
    expect(own).not.toHaveProperty('PAPER_METAAPI_TOKEN_FILE')
  })

  it('tells a process of one service nothing that is another’s', () => {
    const whole = serviceEnvironment({ ...input, inherited: { LOG_LEVEL: 'info', WEBHOOKS_PRIVATE_TARGETS: 'none' } })
    expect(ownEnvironment('brokers', whole)).toMatchObject({
      BROKERS_MASTER_KEY_FILE: '/srv/keys/master',
      LOG_LEVEL: 'info',
      NATS_URL: 'nats://127.0.0.1:7411',
    })
    expect(Object.keys(ownEnvironment('brokers', whole)).join()).not.toMatch(/IDENTITY|ORDERS|WEBHOOKS/)
    expect(JSON.stringify(ownEnvironment('orders', whole))).not.toContain('/srv/keys')
  })

  it('gives every part a port of its own', () => {
    const offsets = Object.values(portOffsets)
    expect(new Set(offsets).size).toBe(offsets.length)
  })
})

describe('logins of services', () => {
  it('are taken from the environment where it names user and password', () => {
    const inherited = {
      ORDERS_DATABASE_URL: 'postgres://tradewire_orders:p%40ss@db:5432/tradewire',
      BROKERS_DATABASE_URL: 'postgres://db/tradewire',
    }
    expect(loginsFrom(inherited, ['orders', 'brokers', 'signals'])).toEqual({
      orders: { role: 'tradewire_orders', password: 'p@ss' },
    })
  })

  it('have a role named after the service', () => {
    expect(roleOf('orders')).toBe('tradewire_orders')
  })
})

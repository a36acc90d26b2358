import type { Environment } from '@tradewire/config/environment'
import { describe, expect, it } from 'vitest'
import { endpointsOf } from './endpoints.ts'

const servers = {
  natsUrl: 'nats://127.0.0.1:7411',
  databaseUrl: 'postgres://tradewire:secret@127.0.0.1:7410/tradewire',
  redisUrl: 'redis://127.0.0.1:7412',
  environment: {},
}

describe('endpoints.json', () => {
  it('names every address and the login of the operator', () => {
    const services = { gateway: 'http://g', signals: 'http://s', paper: 'http://p', orders: 'http://o' }
    expect(endpointsOf({ ...servers, services, operator: { username: 'operator', password: 'secret' } })).toEqual({
      gateway: 'http://g',
      signals: 'http://s',
      nats: 'nats://127.0.0.1:7411',
      database: 'postgres://tradewire:secret@127.0.0.1:7410/tradewire',
      redis: 'redis://127.0.0.1:7412',
      paper: {
        control: 'http://p/control',
        binanceSpot: 'http://p/binance-spot',
        binanceUsdm: 'http://p/binance-usdm',
        cex: 'http://p/cex',
        coinbase: 'http://p/coinbase',
        metaapi: 'http://p/metaapi',
        mtManager: 'http://p/mt-manager',
        okx: 'http://p/okx',
        direct: 'http://p/direct',
        tokocrypto: 'http://p/tokocrypto',
        xapi: 'ws://p/xapi',
      },
      operator: { username: 'operator', password: 'secret' },
    })
  })

  it('names the TCP ports of xAPI where there are some, and what a client of its TLS trusts', () => {
    const ports = { PAPER_XAPI_MAIN_PORT: '5124', PAPER_XAPI_STREAM_PORT: '5125' }
    const xapiOf = (environment: Environment) =>
      endpointsOf({ ...servers, environment, services: { paper: 'http://127.0.0.1:9' }, operator: undefined }).paper
        ?.xapiTcp
    expect(xapiOf(ports)).toEqual({ main: 'tcp://127.0.0.1:5124', stream: 'tcp://127.0.0.1:5125' })
    const caFile = '/srv/keys/xapi.pem'
    const tls = { main: 'tls://127.0.0.1:5124', stream: 'tls://127.0.0.1:5125', caFile }
    expect(xapiOf({ ...ports, PAPER_XAPI_TLS_CERTIFICATE_FILE: caFile })).toEqual(tls)
    expect(xapiOf({ PAPER_XAPI_MAIN_PORT: '5124' })).toBeUndefined()
  })

  it('names the port at which operators ask for the metrics of the gateway, whose own is public', () => {
    const metricsOf = (environment: Environment) =>
      endpointsOf({ ...servers, environment, services: { gateway: 'http://g' }, operator: undefined }).metrics
    const port = { GATEWAY_OPERATIONS_PORT: '7409' }
    expect(metricsOf(port)).toBe('http://127.0.0.1:7409/metrics')
    expect(metricsOf({ ...port, GATEWAY_OPERATIONS_HOST: '0.0.0.0' })).toBe('http://127.0.0.1:7409/metrics')
    expect(metricsOf({ ...port, GATEWAY_OPERATIONS_HOST: '10.0.0.5' })).toBe('http://10.0.0.5:7409/metrics')
    expect(metricsOf({})).toBeUndefined()
  })

  it('leaves out what does not run', () => {
    expect(Object.keys(endpointsOf({ ...servers, services: {}, operator: undefined }))).toEqual([
      'nats',
      'database',
      'redis',
    ])
  })
})

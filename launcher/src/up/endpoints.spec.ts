import { describe, expect, it } from 'vitest'
import { endpointsOf } from './endpoints.ts'

const servers = {
  natsUrl: 'nats://127.0.0.1:7411',
  databaseUrl: 'postgres://tradewire:secret@127.0.0.1:7410/tradewire',
  redisUrl: 'redis://127.0.0.1:7412',
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

  it('leaves out what does not run', () => {
    expect(Object.keys(endpointsOf({ ...servers, services: {}, operator: undefined }))).toEqual([
      'nats',
      'database',
      'redis',
    ])
  })
})

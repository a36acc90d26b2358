/** A paper venue for the specs of brokers, driven by its control API. Called by those specs. Must never know an adapter. */
import { join } from 'node:path'
import type { Venue } from '@tradewire/contracts/common'
import type { LedgerReply, PaperCredentials, SetFault, HandTradeOrder } from '@tradewire/contracts/paper/control'
import { paperService } from '@tradewire/paper/service'
import { startTestService } from '@tradewire/testkit/start-test-service'
import type { TestBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'

const coinVenues: ReadonlySet<Venue> = new Set(['binance-spot', 'coinbase', 'okx-spot'])

export interface PaperWorld {
  readonly url: string
  account(venue: Venue, balance?: string): Promise<PaperCredentials>
  price(price: string): Promise<void>
  fault(fault: SetFault): Promise<void>
  clearFaults(): Promise<void>
  trade(trade: HandTradeOrder): Promise<void>
  ledger(query?: string): Promise<LedgerReply>
}

/** What Bitcoin is called at a venue. */
export function bitcoinAt(venue: Venue): string {
  return venue === 'metaapi' || venue === 'xapi' ? 'BITCOIN/USD' : 'BTC/USDT'
}

export async function startPaperWorld(backends: TestBackends): Promise<PaperWorld> {
  const service = await startTestService(paperService, backends, {
    settings: { PAPER_DATA_DIRECTORY: join(backends.directory, 'paper') },
  })
  const call = async <Body>(method: 'GET' | 'POST' | 'DELETE', path: string, json?: unknown): Promise<Body> => {
    const reply = await request(`${service.url}/control${path}`, {
      method,
      ...(json === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(json) }),
    })
    const text = await reply.body.text()
    if (reply.statusCode >= 300) throw new Error(`${method} /control${path}: ${reply.statusCode} ${text}`)
    return (text === '' ? undefined : JSON.parse(text)) as Body
  }
  return {
    url: service.url,
    account: (venue, balance = '1000000') =>
      call('POST', '/accounts', { venue, balance, ...(coinVenues.has(venue) ? { balances: { BTC: '1' } } : {}) }),
    async price(price) {
      await call('POST', '/price', { symbol: 'BTCUSDT', price })
      await call('POST', '/price', { symbol: 'BITCOIN', price })
    },
    async fault(fault) {
      await call('POST', '/faults', fault)
    },
    async clearFaults() {
      await call('DELETE', '/faults')
    },
    async trade(trade) {
      await call('POST', '/trades', trade)
    },
    ledger: (query = '') => call('GET', `/ledger${query}`),
  }
}

/** ccxt's own client at the futures venue under test. Called by specs of that surface. Must never ask the real venue. */
import ccxt from 'ccxt'
import type { Credentials, VenueUnderTest } from './venue-under-test.ts'

export type UsdmClient = InstanceType<typeof ccxt.binanceusdm>

export function usdmClientOf(venue: VenueUnderTest, { apiKey, secret }: Credentials): UsdmClient {
  const options = {
    fetchMarkets: { types: ['linear'] },
    fetchCurrencies: false,
    warnOnFetchOpenOrdersWithoutSymbol: false,
  }
  const client = new ccxt.binanceusdm({ apiKey, secret, options, enableRateLimit: false })
  client.fetchImplementation = venue.redirect('https://fapi.binance.com')
  return client
}

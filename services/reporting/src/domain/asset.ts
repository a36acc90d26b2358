/** What kind of thing a strategy trades, by its venue and symbol. Called by the list of strategies. Must never ask a venue. */
import type { Venue } from '@tradewire/contracts/common'
import type { AssetClass } from '@tradewire/contracts/rpc/returns'

const currencies = new Set(
  'AUD CAD CHF CNH CZK DKK EUR GBP HKD HUF ILS JPY MXN NOK NZD PLN RON SEK SGD THB TRY USD ZAR'.split(' '),
)
const coins = new Set('ADA AVAX BCH BNB BTC DOGE DOT EOS ETH LINK LTC SOL TRX XLM XMR XRP'.split(' '))
/** Where shares, metals and currencies are traded too. */
const brokersOfAll: ReadonlySet<string> = new Set(['xapi', 'metaapi', 'mt-manager'])

export function assetOf(venue: Venue, symbol: string): AssetClass {
  const [base = '', quote = ''] = symbol.split('/')
  if (currencies.has(base) && currencies.has(quote)) return 'forex'
  return !brokersOfAll.has(venue) || coins.has(base) ? 'crypto' : 'stocks'
}

/** `paper price` and `paper play`: what moves a simulated market. Must never touch a real one. */
import type { Command } from 'commander'
import type { Venue } from '@tradewire/contracts/common'
import { type SetPrice, setPriceReply } from '@tradewire/contracts/paper/control'
import { ControlClient } from '../../paper/control-client.ts'
import { generatedPrices } from '../../paper/generated-prices.ts'
import { LauncherError, exitCodes } from '../../terminal/launcher-error.ts'
import { printJson, printLine } from '../../terminal/output.ts'
import { withExample } from '../options.ts'
import { type PaperOptions, paperSubcommand, venueOption } from './paper-options.ts'

interface PriceOptions extends PaperOptions {
  readonly symbol: string
  readonly price: string
  readonly venue?: Venue
}

export function priceCommand(): Command {
  const command = paperSubcommand('price', 'move the price of a market; orders fill and triggers fire as they would')
    .requiredOption('--symbol <symbol>', 'such as BTCUSDT')
    .requiredOption('--price <price>', 'the new price')
    .addOption(venueOption())
    .action(async (options: PriceOptions) => {
      const client = await ControlClient.of(options.home, options.url)
      const { symbol, price, venue: at } = options
      const body: SetPrice = { symbol, price, ...(at === undefined ? {} : { venue: at }) }
      const moved = await client.ask({ method: 'POST', path: '/price', body }, setPriceReply)
      if (options.json) printJson(moved)
      else {
        for (const market of moved.markets)
          printLine(`${market.venue}  ${moved.symbol}  bid ${market.bid}  ask ${market.ask}`)
        printLine(`${moved.fills} fills`)
      }
    })
  return withExample(command, './tradewire paper price --symbol BTCUSDT --price 42000')
}

const candlesPerCall = 1_000

export function playCommand(): Command {
  const command = paperSubcommand('play', 'walk the week of made-up candles of a forex or CFD market')
    .requiredOption('--symbol <symbol>', 'EURUSD, GBPUSD, US500 or GOLD')
    .addOption(venueOption())
    .action(async ({ symbol, ...options }: Omit<PriceOptions, 'price'>) => {
      const candles = await generatedPrices(symbol)
      if (candles.length === 0) {
        throw new LauncherError(`no prices of ${symbol} come along`, 'EURUSD, GBPUSD, US500, GOLD', exitCodes.usage)
      }
      const client = await ControlClient.of(options.home, options.url)
      const at = options.venue === undefined ? {} : { venue: options.venue }
      let fills = 0
      for (let start = 0; start < candles.length; start += candlesPerCall) {
        const body: SetPrice = { symbol, ...at, candles: candles.slice(start, start + candlesPerCall) }
        fills += (await client.ask({ method: 'POST', path: '/price', body }, setPriceReply)).fills
      }
      if (options.json) printJson({ symbol, candles: candles.length, fills })
      else printLine(`${candles.length} candles, ${fills} fills`)
    })
  return withExample(command, './tradewire paper play --symbol EURUSD')
}

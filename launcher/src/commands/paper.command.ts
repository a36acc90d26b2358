/** `paper`: accounts, books, prices and faults of the running paper venue. Must never touch a real venue. */
import { Command, Option } from 'commander'
import { venue, type Venue } from '@tradewire/contracts/common'
import {
  faultKind,
  ledgerReply,
  paperCredentials,
  paperFault,
  paperFaultList,
  setPriceReply,
  type CreatePaperAccount,
  type LedgerReply,
  type SetFault,
  type SetPrice,
} from '@tradewire/contracts/paper/control'
import { z } from 'zod'
import { ControlClient } from '../paper/control-client.ts'
import { generatedPrices } from '../paper/generated-prices.ts'
import { LauncherError, exitCodes } from '../terminal/launcher-error.ts'
import { printJson, printLine, printTable } from '../terminal/output.ts'
import { wholeNumber, withExample } from './options.ts'
import { keyCommand } from './paper-key.command.ts'
import { type PaperOptions, paperSubcommand } from './paper-options.ts'

function venueOption(): Option {
  return new Option('--venue <venue>', 'one of the simulated venues').choices(venue.options)
}

export function paperCommand(): Command {
  const command = new Command('paper').description('accounts, books, prices and faults of the running paper venue')
  for (const part of [accountCommand(), ledgerCommand(), priceCommand(), playCommand(), faultCommand(), keyCommand()])
    command.addCommand(part)
  return withExample(command, './tradewire paper account --venue binance-usdm --balance 10000 --json')
}

interface AccountOptions extends PaperOptions {
  readonly venue: Venue
  readonly balance: string
  readonly currency?: string
  readonly label?: string
}

function accountCommand(): Command {
  const command = paperSubcommand('account', 'open an account and print its credentials, which are shown this once')
    .addOption(venueOption().makeOptionMandatory())
    .requiredOption('--balance <amount>', 'opening balance')
    .option('--currency <code>', 'currency of the balance; left out: USD where contracts are traded, else USDT')
    .option('--label <text>', 'a name for people')
    .action(async (options: AccountOptions) => {
      const client = await ControlClient.of(options.home, options.url)
      const { venue: at, balance, currency, label } = options
      const named = { ...(currency === undefined ? {} : { currency }), ...(label === undefined ? {} : { label }) }
      const body: CreatePaperAccount = { venue: at, balance, ...named }
      const account = await client.ask({ method: 'POST', path: '/accounts', body }, paperCredentials)
      if (options.json) printJson(account)
      else {
        printLine(`account  ${account.accountId}  (${account.venue}, ${account.balance} ${account.currency})`)
        for (const [field, value] of Object.entries(account.credentials)) printLine(`${field.padEnd(8)} ${value}`)
      }
    })
  return withExample(command, './tradewire paper account --venue binance-usdm --balance 10000 --json')
}

interface LedgerOptions extends PaperOptions {
  readonly venue?: Venue
  readonly account?: string
  readonly totals: boolean
}

function ledgerCommand(): Command {
  const command = paperSubcommand('ledger', 'print the books: accounts, orders, fills, positions, balances')
    .addOption(venueOption())
    .option('--account <id>', 'of one account')
    .option('--totals', 'only the totals', false)
    .action(async (options: LedgerOptions) => {
      const client = await ControlClient.of(options.home, options.url)
      const view = options.totals ? 'totals' : 'full'
      const query = { venue: options.venue, accountId: options.account, view }
      const ledger = await client.ask({ method: 'GET', path: '/ledger', query }, ledgerReply)
      if (options.json) printJson(ledger)
      else printLedger(ledger)
    })
  return withExample(command, './tradewire paper ledger', './tradewire paper ledger --venue binance-usdm --json')
}

const ordersShownMax = 50

function printLedger({ orders, positions, balances, totals }: LedgerReply): void {
  const shown = orders.slice(-ordersShownMax)
  if (shown.length > 0) {
    printTable(
      ['venue', 'account', 'order', 'symbol', 'side', 'type', 'status', 'quantity', 'filled', 'price'],
      shown.map((order) => [
        order.venue,
        order.accountId.slice(-12),
        order.clientOrderId,
        order.symbol,
        order.side,
        order.type,
        order.status,
        order.quantity ?? '-',
        order.filledQuantity,
        order.averagePrice ?? order.price ?? order.triggerPrice ?? '-',
      ]),
    )
    if (shown.length < orders.length) printLine(`(the last ${shown.length} of ${orders.length} orders; --json has all)`)
    printLine()
  }
  if (positions.length > 0) {
    printTable(
      ['venue', 'account', 'symbol', 'quantity', 'entry', 'mark', 'unrealised'],
      positions.map((one) => [
        one.venue,
        one.accountId.slice(-12),
        one.symbol,
        one.quantity,
        one.entryPrice,
        one.markPrice,
        one.unrealizedPnl,
      ]),
    )
    printLine()
  }
  if (balances.length > 0) {
    printTable(
      ['venue', 'account', 'currency', 'total', 'free', 'equity'],
      balances.map((one) => [one.venue, one.accountId.slice(-12), one.currency, one.total, one.free, one.equity]),
    )
    printLine()
  }
  printLine(
    `${totals.accounts} accounts, ${totals.ordersAccepted} orders accepted (${totals.ordersOpen} open), ` +
      `${totals.fills} fills, ${totals.liquidations} liquidations, ${totals.duplicateClientOrderIds} doubled`,
  )
}

interface PriceOptions extends PaperOptions {
  readonly symbol: string
  readonly price: string
  readonly venue?: Venue
}

function priceCommand(): Command {
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

function playCommand(): Command {
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

interface FaultOptions extends PaperOptions {
  readonly clear?: string | true
  readonly venue?: Venue
  readonly account?: string
  readonly operation?: SetFault['operation']
  readonly rate?: number
  readonly next?: number
  readonly milliseconds?: number
  readonly fraction?: string
}

const hitsMax = 1_000_000
const millisecondsMax = 120_000

function faultCommand(): Command {
  const command = paperSubcommand('fault', 'set a fault switch, list those that are set, or clear them')
    .argument('[kind]', `what goes wrong: ${faultKind.options.join(', ')}; left out: list`)
    .option('--clear [id]', 'clear one fault, or all')
    .addOption(venueOption())
    .option('--account <id>', 'only for one account')
    .addOption(new Option('--operation <kind>', 'which calls').choices(['place', 'cancel', 'read', 'any']))
    .option('--rate <share>', 'share of the calls, from 0 to 1', Number)
    .option('--next <count>', 'ends after so many hits', wholeNumber(1, hitsMax))
    .option('--milliseconds <number>', 'for delay-visibility, latency and rate-limit', wholeNumber(1, millisecondsMax))
    .option('--fraction <share>', 'for partial-fill, such as 0.5')
    .action((kind: string | undefined, options: FaultOptions) => switchFault(kind, options))
  return withExample(
    command,
    './tradewire paper fault drop-reply-after-accept --venue binance-usdm --next 3',
    './tradewire paper fault --clear',
  )
}

async function switchFault(kind: string | undefined, options: FaultOptions): Promise<void> {
  const client = await ControlClient.of(options.home, options.url)
  if (options.clear !== undefined) {
    const path = options.clear === true ? '/faults' : `/faults/${encodeURIComponent(options.clear)}`
    await client.ask({ method: 'DELETE', path }, z.unknown())
  } else if (kind !== undefined) {
    const fault = await client.ask({ method: 'POST', path: '/faults', body: faultOf(kind, options) }, paperFault)
    if (options.json) printJson(fault)
    else printLine(`fault ${fault.id} is set: ${fault.kind}`)
    return
  }
  const { faults } = await client.ask({ method: 'GET', path: '/faults' }, paperFaultList)
  if (options.json) printJson({ faults })
  else if (faults.length === 0) printLine('no fault is set')
  else
    printTable(
      ['id', 'kind', 'venue', 'calls', 'hits'],
      faults.map((one) => [one.id, one.kind, one.venue ?? 'any', one.operation, String(one.hits)]),
    )
}

function faultOf(kind: string, options: FaultOptions): SetFault {
  const known = faultKind.safeParse(kind)
  if (!known.success) {
    throw new LauncherError(
      `no fault is called ${kind}`,
      `choose from: ${faultKind.options.join(', ')}`,
      exitCodes.usage,
    )
  }
  const { venue: at, account, operation, rate, next, milliseconds, fraction } = options
  return {
    kind: known.data,
    ...(at === undefined ? {} : { venue: at }),
    ...(account === undefined ? {} : { accountId: account }),
    ...(operation === undefined ? {} : { operation }),
    ...(rate === undefined ? {} : { rate }),
    ...(next === undefined ? {} : { next }),
    ...(milliseconds === undefined ? {} : { milliseconds }),
    ...(fraction === undefined ? {} : { fraction }),
  }
}

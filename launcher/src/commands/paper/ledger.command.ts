/** `paper ledger`: the books of the simulated venues. Must never change them. */
import type { Command } from 'commander'
import type { Venue } from '@tradewire/contracts/common'
import { type LedgerReply, ledgerReply } from '@tradewire/contracts/paper/control'
import { ControlClient } from '../../paper/control-client.ts'
import { printJson, printLine, printTable } from '../../terminal/output.ts'
import { withExample } from '../options.ts'
import { type PaperOptions, paperSubcommand, venueOption } from './paper-options.ts'

interface LedgerOptions extends PaperOptions {
  readonly venue?: Venue
  readonly account?: string
  readonly totals: boolean
}

export function ledgerCommand(): Command {
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
        order.accountId,
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
        one.accountId,
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
      balances.map((one) => [one.venue, one.accountId, one.currency, one.total, one.free, one.equity]),
    )
    printLine()
  }
  printLine(
    `${totals.accounts} accounts, ${totals.ordersAccepted} orders accepted (${totals.ordersOpen} open), ` +
      `${totals.fills} fills, ${totals.liquidations} liquidations, ${totals.duplicateClientOrderIds} doubled`,
  )
}

/** `paper account`: a new account of a simulated venue. Must never show its credentials a second time. */
import type { Command } from 'commander'
import type { Venue } from '@tradewire/contracts/common'
import { type CreatePaperAccount, paperCredentials } from '@tradewire/contracts/paper/control'
import { ControlClient } from '../../paper/control-client.ts'
import { printJson, printLine } from '../../terminal/output.ts'
import { withExample } from '../options.ts'
import { type PaperOptions, paperSubcommand, venueOption } from './paper-options.ts'

interface AccountOptions extends PaperOptions {
  readonly venue: Venue
  readonly balance: string
  readonly currency?: string
  readonly label?: string
}

export function accountCommand(): Command {
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

/** `paper`: accounts, books, prices and faults of the running paper venue. Must never touch a real venue. */
import { Command } from 'commander'
import { withExample } from '../options.ts'
import { accountCommand } from './account.command.ts'
import { faultCommand } from './fault.command.ts'
import { keyCommand } from './key.command.ts'
import { ledgerCommand } from './ledger.command.ts'
import { playCommand, priceCommand } from './price.command.ts'

export function paperCommand(): Command {
  const command = new Command('paper').description('accounts, books, prices and faults of the running paper venue')
  for (const part of [accountCommand(), ledgerCommand(), priceCommand(), playCommand(), faultCommand(), keyCommand()])
    command.addCommand(part)
  return withExample(command, './tradewire paper account --venue binance-usdm --balance 10000 --json')
}

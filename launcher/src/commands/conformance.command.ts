/** `conformance`: handed over to the fault kit as it is. Must never hold a case of the card. */
import type { Command } from 'commander'
import { withExample } from './options.ts'
import { handedOver } from './scripts.command.ts'

const conformanceScript = 'chaos/dist/conformance-main.js'

export function conformanceCommand(): Command {
  const command = handedOver(
    'conformance',
    conformanceScript,
    'play the numbered test card on every venue, or one, through its adapter',
  )
  return withExample(command, './tradewire conformance', './tradewire conformance binance-usdm --json')
}

/**
 * The demo as the load of a fault test: alerts, followers, recorded prices, until the venue holds nothing of ours.
 * Called by the scenarios and by e2e specs. Must never forgive a step that does not settle in time.
 */
import type { DemoResult } from '@tradewire/launcher/demo/demo-result'
import { type DemoOptions, type DemoWatcher, runDemo } from '@tradewire/launcher/demo/run-demo'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { ledgerReply } from '@tradewire/contracts/paper/control'
import { eventually } from '@tradewire/testkit/eventually'
import type { RealSystem } from './real-system.ts'

const sweptWithinMs = 60_000
const restsAtVenue = new Set(['waiting', 'open', 'partially-filled'])

/** Plays the demo until nothing is left at the venue; a failure says how far it had come. */
export async function playDemo(
  system: RealSystem,
  options: DemoOptions,
  watcher: Partial<DemoWatcher> = {},
): Promise<DemoResult> {
  let place = 'the start'
  const progress = (text: string) => {
    place = text
    watcher.progress?.(text)
  }
  try {
    const result = await runDemo(system.endpoints, options, { ...watcher, progress })
    progress('waiting until the venue holds nothing of ours any more')
    await untilSwept(system)
    return result
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`the demo broke off at "${place}": ${message}`, { cause: error })
  }
}

/** No position, and no stop or target that would open one: orphans are cancelled when their position has ended. */
async function untilSwept(system: RealSystem): Promise<void> {
  const venue = ControlClient.at(system.endpoints.paper?.control ?? '')
  const left = async (): Promise<true> => {
    const ledger = await venue.ask({ method: 'GET', path: '/ledger', query: { view: 'full' } }, ledgerReply)
    const orders = ledger.orders
      .filter(({ status }) => restsAtVenue.has(status))
      .map(({ clientOrderId }) => clientOrderId)
    const positions = ledger.positions.map(({ accountId, quantity }) => `${accountId} ${quantity}`)
    if (orders.length + positions.length === 0) return true
    throw new Error(`positions: ${positions.join(', ') || 'none'}; orders: ${orders.join(', ') || 'none'}`)
  }
  await eventually(left, { withinMs: sweptWithinMs, everyMs: 200, describe: 'that the venue holds nothing of ours' })
}

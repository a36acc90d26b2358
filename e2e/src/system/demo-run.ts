/**
 * The demo as the load of a fault test, and what must be true of it in the end, whatever was done to the system.
 * Called by the specs that kill, cut and delete. Must never forgive a finding of the audit.
 */
import type { DemoResult } from '@tradewire/launcher/demo/demo-result'
import { type DemoOptions, type DemoWatcher, runDemo } from '@tradewire/launcher/demo/run-demo'
import { ControlClient } from '@tradewire/launcher/paper/control-client'
import { ledgerReply } from '@tradewire/contracts/paper/control'
import { eventuallyPasses } from '@tradewire/testkit/eventually'
import { expect } from 'vitest'
import type { RealSystem } from './real-system.ts'

const sweptWithinMs = 60_000

/** Plays the demo until nothing is left at the venue; a failure says how far it had come. */
export async function playDemo(
  system: RealSystem,
  options: DemoOptions,
  watcher: Omit<DemoWatcher, 'progress'> = {},
): Promise<DemoResult> {
  let place = 'the start'
  try {
    const result = await runDemo(system.endpoints, options, { ...watcher, progress: (text) => (place = text) })
    place = 'waiting until the venue holds nothing of ours any more'
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
  await eventuallyPasses(
    async () => {
      const ledger = await venue.ask({ method: 'GET', path: '/ledger', query: { view: 'full' } }, ledgerReply)
      const open = ledger.orders.filter(({ status }) => ['waiting', 'open', 'partially-filled'].includes(status))
      const left = open.map(({ type, clientOrderId }) => `${type} ${clientOrderId}`)
      expect({ positions: ledger.positions, left }).toEqual({ positions: [], left: [] })
    },
    { withinMs: sweptWithinMs, everyMs: 200, describe: 'that no position and no order of ours is left at the venue' },
  )
}

/** Nothing lost, nothing doubled, every bracket ended, every webhook received with a right signature. */
export function expectWhole(result: DemoResult): void {
  const { lost, doubled, findings, webhooks, positions, intents } = result
  expect({ lost, doubled, findings, webhooks }).toEqual({
    lost: 0,
    doubled: 0,
    findings: [],
    webhooks: { sent: webhooks.sent, verified: webhooks.sent, refused: 0 },
  })
  // A run in which nothing happened proves nothing.
  expect(positions, 'positions that were held').toBeGreaterThan(0)
  expect(intents, 'orders that were planned').toBeGreaterThan(positions)
}

/**
 * The demo as the load of a fault test, and what must be true of it in the end, whatever was done to the system.
 * Called by the specs that kill, cut and delete. Must never forgive a finding of the audit.
 */
import type { DemoResult } from '@tradewire/launcher/demo/demo-result'
import { type DemoOptions, type DemoWatcher, runDemo } from '@tradewire/launcher/demo/run-demo'
import { expect } from 'vitest'
import type { RealSystem } from './real-system.ts'

/** Plays the demo; a failure says how far it had come. */
export async function playDemo(
  system: RealSystem,
  options: DemoOptions,
  watcher: Omit<DemoWatcher, 'progress'> = {},
): Promise<DemoResult> {
  let place = 'the start'
  try {
    return await runDemo(system.endpoints, options, { ...watcher, progress: (text) => (place = text) })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`the demo broke off at "${place}": ${message}`, { cause: error })
  }
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

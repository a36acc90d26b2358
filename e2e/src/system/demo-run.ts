/**
 * What must be true of a demo in the end, whatever was done to the system.
 * Called by specs that play it. Must never forgive a finding of the audit.
 */
import type { DemoResult } from '@tradewire/launcher/demo/demo-result'
import { expect } from 'vitest'

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

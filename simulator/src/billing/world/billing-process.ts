/** Billing in a process of its own, for simulations that kill it. Started by the simulation, spoken to over its channel. */
import { environment } from '@tradewire/config/environment'
import { type BillingCall, startBillingHost } from './billing-host.ts'

export interface Asked {
  readonly id: number
  readonly nowMs: number
  readonly call: BillingCall
}

export type Told =
  | { readonly url: string }
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly problem: string }

const tell = (told: Told): void => void process.send?.(told)

const { BILLING_STARTS_AT: startsAt = '', ...settings } = environment()
const host = await startBillingHost(settings as Record<string, string>, new Date(startsAt))
process.on('message', (asked: Asked) => {
  host.ask(asked.nowMs, asked.call).then(
    (value) => tell({ id: asked.id, value }),
    (error: unknown) => tell({ id: asked.id, problem: error instanceof Error ? error.message : 'failed' }),
  )
})
// The simulation is gone.
process.on('disconnect', () => process.exit())
tell({ url: host.url })

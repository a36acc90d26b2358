import type { Logger } from '@tradewire/observability/logger'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { WebhooksConfig } from '../../config.ts'
import type { Claimed, Deliveries } from '../../ports/deliveries.port.ts'
import type { SendDelivery } from '../../use-cases/send-delivery/send-delivery.use-case.ts'
import { DeliveryJob } from './delivery.job.ts'

const config = { deliveriesInFlightMax: 8, endpointInFlightMax: 8 } as WebhooksConfig
const claimed = { id: 'one', endpointId: 'somewhere' } as Claimed

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A job whose first claim and whose attempt end when the test says so. */
function startJob() {
  const claim = Promise.withResolvers<Claimed[]>()
  const attempt = Promise.withResolvers<void>()
  const told: string[] = []
  const send = async () => {
    told.push('sent')
    await attempt.promise
  }
  const job = new DeliveryJob(
    config,
    {} as Logger,
    { claim: () => claim.promise } as unknown as Deliveries,
    { execute: send } as unknown as SendDelivery,
  )
  job.onApplicationBootstrap()
  const stop = () => void job.onApplicationShutdown().then(() => told.push('stopped'))
  return { claim, attempt, told, stop }
}

describe('the delivery job, stopped while it claims', () => {
  it('makes what it claims, and is over when that is', async () => {
    const { claim, attempt, told, stop } = startJob()
    await vi.advanceTimersByTimeAsync(0)
    stop()
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual([])
    claim.resolve([claimed])
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual(['sent'])
    attempt.resolve()
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual(['sent', 'stopped'])
  })

  it('leaves what comes too late to another process', async () => {
    const { claim, told, stop } = startJob()
    await vi.advanceTimersByTimeAsync(0)
    stop()
    await vi.advanceTimersByTimeAsync(60_000)
    claim.resolve([claimed])
    await vi.advanceTimersByTimeAsync(0)
    expect(told).toEqual(['stopped'])
  })
})

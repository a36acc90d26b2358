/**
 * Keeps deliveries under way: as many as may be, never more to one endpoint than it may have.
 * Started with the service. Must never hold a delivery that another process could make.
 */
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common'
import { InjectConfig, InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { WebhooksConfig } from '../../config.ts'
import { claimLimits } from '../../domain/claim-limits.ts'
import { Deliveries, type Claimed } from '../../ports/deliveries.port.ts'
import { SendDelivery } from '../../use-cases/send-delivery/send-delivery.use-case.ts'

/** How soon a new delivery is noticed when nothing is under way. */
const idlePollMs = 200
/** How soon slots that deliveries have left are filled again. */
const freedPollMs = 10
const failurePollMs = 2_000
const stopWaitMs = 15_000
/** A quarter of a claim: several renewals may fail before another process sends the same again. */
const renewMs = 5_000

@Injectable()
export class DeliveryJob implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly inFlight = new Map<string, number>()
  private readonly held = new Set<Claimed>()
  private renewal: NodeJS.Timeout | undefined
  private timer: NodeJS.Timeout | undefined
  private claiming = false
  private lastClaim: Promise<void> = Promise.resolve()
  private hurried = false
  private stopping = false
  private stopped = false
  private idle: (() => void) | undefined

  constructor(
    @InjectConfig() private readonly config: WebhooksConfig,
    @InjectLogger() private readonly logger: Logger,
    private readonly deliveries: Deliveries,
    private readonly sendDelivery: SendDelivery,
  ) {}

  onApplicationBootstrap(): void {
    this.claimSoon(0)
    this.renewal = setInterval(() => void this.renew(), renewMs)
  }

  /** Waits for what is under way; what is not finished by then is claimed again after its lease. */
  async onApplicationShutdown(): Promise<void> {
    this.stopping = true
    clearTimeout(this.timer)
    await Promise.race([this.finish(), new Promise((resolve) => setTimeout(resolve, stopWaitMs).unref())])
    this.stopped = true
    clearInterval(this.renewal)
  }

  /** A claim that is under way may bring some that nobody else makes before its lease has run out. */
  private async finish(): Promise<void> {
    await this.lastClaim
    if (this.held.size > 0) await new Promise<void>((resolve) => (this.idle = resolve))
  }

  private claimSoon(waitMs: number): void {
    clearTimeout(this.timer)
    if (this.stopping) return
    this.timer = setTimeout(() => {
      if (!this.claiming) this.lastClaim = this.claim()
    }, waitMs)
  }

  /** A slot is free again: more may wait for it. One claim serves all slots that are freed together. */
  private claimForFreedSlots(): void {
    if (this.hurried) return
    this.hurried = true
    this.claimSoon(freedPollMs)
  }

  private async claim(): Promise<void> {
    this.claiming = true
    this.hurried = false
    let nextMs = idlePollMs
    try {
      const limits = claimLimits(this.config, this.inFlight)
      const claimed = limits.rows > 0 ? await this.deliveries.claim(limits) : []
      // Too late: nothing can be sent any more.
      if (this.stopped) return
      for (const delivery of claimed) void this.run(delivery)
      if (claimed.length > 0) nextMs = 0
    } catch (error) {
      this.logger.warn({ err: error }, 'due deliveries could not be claimed')
      nextMs = failurePollMs
    } finally {
      this.claiming = false
      this.claimSoon(this.hurried ? freedPollMs : nextMs)
    }
  }

  private async renew(): Promise<void> {
    if (this.held.size === 0) return
    try {
      await this.deliveries.renew([...this.held])
    } catch (error) {
      this.logger.warn({ err: error }, 'claims could not be renewed')
    }
  }

  private async run(delivery: Claimed): Promise<void> {
    this.held.add(delivery)
    this.count(delivery.endpointId, 1)
    try {
      await this.sendDelivery.execute(delivery)
    } catch (error) {
      this.logger.warn({ err: error, deliveryId: delivery.id }, 'the outcome of a delivery could not be written')
    } finally {
      this.held.delete(delivery)
      this.count(delivery.endpointId, -1)
      if (this.held.size === 0) this.idle?.()
      this.claimForFreedSlots()
    }
  }

  private count(endpointId: string, change: 1 | -1): void {
    const count = (this.inFlight.get(endpointId) ?? 0) + change
    if (count === 0) this.inFlight.delete(endpointId)
    else this.inFlight.set(endpointId, count)
  }
}

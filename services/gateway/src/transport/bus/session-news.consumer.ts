/**
 * Learns which sessions and users ended, so that their access tokens stop at once and not after ten minutes, and whose
 * roles have changed.
 * Started with the gateway. Must never keep state: after a start it reads the last minutes again.
 */
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common'
import { Bus } from '@tradewire/bus/connection'
import { Tail, type TailPosition } from '@tradewire/bus/tail'
import type { Event } from '@tradewire/contracts/define-event'
import {
  apiKeyRevoked,
  oauthClientRevoked,
  sessionRevoked,
  userDisabled,
  userEnabled,
  userRolesChanged,
} from '@tradewire/contracts/events/identity'
import { accessToken } from '@tradewire/contracts/rpc/identity'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { ApiKeyChecker } from '#ports/api-key-checker.port'
import { RevocationList } from '#domain/revocation-list'

const retryMs = 1_000

@Injectable()
export class SessionNews implements OnApplicationBootstrap, OnModuleDestroy {
  private position: TailPosition | undefined
  private tail: Tail | undefined
  private stopped = false
  private forgetBus: () => void = () => undefined

  constructor(
    private readonly bus: Bus,
    private readonly revocations: RevocationList,
    private readonly apiKeys: ApiKeyChecker,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.forgetBus = this.bus.onReady(() => this.follow())
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true
    this.forgetBus()
    await this.tail?.stop()
  }

  /** Runs until the bus is lost; the bus calls it again when it is back. */
  private async follow(): Promise<void> {
    await this.tail?.stop()
    if (this.stopped) return
    try {
      const tail = await this.openTail()
      this.tail = tail
      await tail.forEach(({ sequence, events }) => {
        for (const event of events) this.learn(event)
        this.position = { sequence, life: tail.life }
        this.revocations.prune(this.clock.now())
      })
    } catch (error) {
      this.logger.warn({ error }, 'news of ended sessions cannot be read')
      if (this.bus.ready()) setTimeout(() => void this.follow(), retryMs).unref()
    }
  }

  private async openTail(): Promise<Tail> {
    const contracts = [sessionRevoked, userDisabled, userEnabled, userRolesChanged, apiKeyRevoked, oauthClientRevoked]
    if (this.position !== undefined) {
      const tail = await Tail.open(this.bus, { contracts, after: this.position })
      if (tail.gapless) return tail
      await tail.stop()
    }
    const lifetimeMs = accessToken.lifetimeSeconds * 1_000
    return Tail.open(this.bus, { contracts, since: new Date(this.clock.now().getTime() - lifetimeMs) })
  }

  private learn(event: Event): void {
    if (event.name === sessionRevoked.name) {
      const parsed = sessionRevoked.data.safeParse(event.data)
      if (parsed.success) this.revocations.add(parsed.data.sessionId, new Date(parsed.data.revokedAt))
    }
    if (event.name === apiKeyRevoked.name) {
      const parsed = apiKeyRevoked.data.safeParse(event.data)
      if (parsed.success) this.revocations.add(parsed.data.apiKeyId, new Date(parsed.data.revokedAt))
    }
    if (event.name === oauthClientRevoked.name) {
      const parsed = oauthClientRevoked.data.safeParse(event.data)
      if (parsed.success) this.revocations.add(parsed.data.clientId, new Date(parsed.data.revokedAt))
    }
    if (event.name === userRolesChanged.name) {
      const parsed = userRolesChanged.data.safeParse(event.data)
      if (parsed.success) this.changeRoles(parsed.data.userId)
    }
    if (event.name === userDisabled.name) {
      const parsed = userDisabled.data.safeParse(event.data)
      if (parsed.success) this.revocations.add(parsed.data.userId, new Date(parsed.data.disabledAt))
    }
    // The sessions that ended with the user were each told of, so they stay refused.
    if (event.name === userEnabled.name) {
      const parsed = userEnabled.data.safeParse(event.data)
      if (parsed.success) this.revocations.remove(parsed.data.userId)
    }
  }

  private changeRoles(userId: string): void {
    this.apiKeys.forgetUser(userId)
    this.revocations.changeRoles(userId)
  }
}

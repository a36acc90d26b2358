/**
 * Opens a live stream for one caller: from the last event they saw, or from now on.
 * Called by the stream route. Must never show an event that the caller may not see.
 */
import { Injectable } from '@nestjs/common'
import { type Caller, seesAll } from '@tradewire/contracts/caller'
import type { EventContract } from '@tradewire/contracts/define-event'
import { balanceUpdated } from '@tradewire/contracts/events/brokers'
import { liveEvents } from '@tradewire/contracts/http/gateway'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { FollowedEvents } from '#domain/followed-events'
import { eventIndexMax, readPosition, type StreamPosition } from '#domain/live-event'
import { gatewayErrors } from '#gateway.errors'
import { LiveFeed } from '#ports/live-feed.port'
import { OwnAccounts } from '#ports/own-accounts.port'
import type { RouteRefusal } from '#use-cases/answer-route/answer-route.use-case'

export interface FollowRequest {
  readonly caller: Caller
  readonly lastEventId: string | undefined
  /** Comma separated; all when undefined. */
  readonly events: string | undefined
}

@Injectable()
export class FollowEvents {
  constructor(
    private readonly feed: LiveFeed,
    private readonly ownAccounts: OwnAccounts,
  ) {}

  /** Fails with INVALID_PARAMETERS for an unknown event name, or STREAM_UNAVAILABLE. */
  async execute({
    caller,
    lastEventId,
    events,
  }: FollowRequest): Promise<Result<FollowedEvents, CodedError | RouteRefusal>> {
    const contracts = chosenEvents(events)
    if (contracts === undefined) {
      const known = liveEvents.map(({ name }) => name).join(', ')
      return err({ ...gatewayErrors.of('INVALID_PARAMETERS'), details: { events: [`must be of ${known}`] } })
    }
    const start = lastEventId === undefined ? undefined : readPosition(lastEventId)
    const opened = await this.feed.open(contracts, start === undefined ? undefined : resumeFrom(start))
    if (!opened.ok) return opened
    const accounts = await this.accountsOf(caller, contracts)
    const unreadable = lastEventId !== undefined && start === undefined
    const lost = unreadable || !opened.value.gapless
    return ok(new FollowedEvents(opened.value, caller, { start: lost ? undefined : start, lost, accounts }))
  }

  /** Balances name an account and no user, so whose it is must be known. Operators see all of them anyway. */
  private async accountsOf(caller: Caller, contracts: readonly EventContract[]): Promise<ReadonlySet<string>> {
    const needed = contracts.includes(balanceUpdated) && !seesAll(caller)
    return needed ? this.ownAccounts.of(caller) : new Set()
  }
}

function chosenEvents(names: string | undefined): readonly EventContract[] | undefined {
  if (names === undefined) return liveEvents
  const wanted = names.split(',').map((name) => name.trim())
  const found = liveEvents.filter(({ name }) => wanted.includes(name))
  return found.length === new Set(wanted).size ? found : undefined
}

/** A message that was seen in part is read again; what was seen of it is left out. */
function resumeFrom({ sequence, index, life }: StreamPosition): { readonly sequence: number; readonly life?: string } {
  const after = index >= eventIndexMax ? sequence : sequence - 1
  return { sequence: after, ...(life === undefined ? {} : { life }) }
}

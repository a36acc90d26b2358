/**
 * News of an account by asking, where a venue tells nothing by itself. Called by the sessions of such venues.
 * Must never ask again while an answer is awaited, nor stop asking because of one failure.
 */
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { SessionHealth, SessionListener, VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { Clock } from '@tradewire/kernel/clock'
import type { Randomness } from '@tradewire/kernel/randomness'
import { err, type Result } from '@tradewire/kernel/result'

const failurePausesMostMs = 15_000
const toldMax = 20_000

export interface PollMeans {
  readonly clock: Clock
  readonly randomness: Randomness
  readonly everyMs: number
}

export interface PollOptions extends PollMeans {
  /** Orders that something may have happened to since the last question. */
  readonly news: () => Promise<Result<readonly VenueOrder[], BrokerError>>
  readonly listener: SessionListener
}

export class AccountPoll {
  private timer: NodeJS.Timeout | null = null
  private stopped = false
  private up = false
  private failures = 0
  private lastAnswerMs: number | null = null
  private readonly told = new Map<string, string>()

  constructor(private readonly options: PollOptions) {
    void this.look()
  }

  health(): SessionHealth {
    return { streaming: this.up, lastMessageAtMs: this.lastAnswerMs }
  }

  close(): void {
    this.stopped = true
    if (this.timer !== null) clearTimeout(this.timer)
  }

  private async look(): Promise<void> {
    const news = await this.options.news().catch((error: unknown) => err(unreadable(error)))
    if (this.stopped) return
    if (news.ok) this.answered(news.value)
    else this.failed(news.error)
    const { everyMs, randomness } = this.options
    const pauseMs = news.ok ? everyMs : Math.min(failurePausesMostMs, everyMs * 2 ** Math.min(this.failures, 6))
    this.timer = setTimeout(() => void this.look(), pauseMs * (0.8 + 0.4 * randomness.fraction()))
    this.timer.unref()
  }

  private answered(orders: readonly VenueOrder[]): void {
    const { clock, listener } = this.options
    this.lastAnswerMs = clock.monotonicMs()
    this.failures = 0
    for (const order of orders) this.announce(order)
    if (this.up) return
    this.up = true
    listener({ kind: 'stream-up' })
  }

  private failed({ kind, message }: Pick<BrokerError, 'kind' | 'message'>): void {
    const { listener } = this.options
    this.failures += 1
    if (kind === 'auth') listener({ kind: 'auth-failed', message })
    if (!this.up) return
    this.up = false
    listener({ kind: 'stream-down', message })
  }

  /** Each state of an order once. */
  private announce(order: VenueOrder): void {
    const { clientOrderId, status, filledQuantity } = order
    const state = `${status} ${filledQuantity}`
    if (this.told.get(clientOrderId) === state) return
    this.told.set(clientOrderId, state)
    const [oldest] = this.told.keys()
    if (this.told.size > toldMax && oldest !== undefined) this.told.delete(oldest)
    this.options.listener({ kind: 'order', order })
  }
}

function unreadable(error: unknown): BrokerError {
  return brokerError.connectivity(error instanceof Error ? error.message : 'the account cannot be read')
}

/**
 * Gives each delivery to the sender of its address, a webhook or a chat, and times what comes back.
 * Called through the Sender port. Must never send itself.
 */
import type { Clock } from '@tradewire/kernel/clock'
import type { Metrics } from '@tradewire/observability/metrics'
import { isChatUrl } from '../domain/chat.ts'
import { Sender, type Sent } from '../ports/sender.port.ts'

interface Senders {
  readonly webhook: Sender
  readonly chat: Sender
}

export class SendersByScheme extends Sender {
  private readonly senders: Senders
  private readonly clock: Clock
  private readonly metrics: Metrics

  constructor(senders: Senders, clock: Clock, metrics: Metrics) {
    super()
    this.senders = senders
    this.clock = clock
    this.metrics = metrics
  }

  async send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Sent> {
    const to = isChatUrl(url) ? 'chat' : 'webhook'
    const beganMs = this.clock.monotonicMs()
    const sent = await this.senders[to].send(url, headers, body)
    this.metrics
      .histogram('delivery_attempt_seconds', 'From a delivery attempt to its answer, or to giving up waiting')
      .record((this.clock.monotonicMs() - beganMs) / 1_000, { to, outcome: outcomeOf(sent) })
    return sent
  }
}

/** The hundreds of the status, as dashboards want them; `none` where nothing was answered. */
function outcomeOf({ status }: Sent): string {
  return status === null ? 'none' : `${Math.floor(status / 100)}xx`
}

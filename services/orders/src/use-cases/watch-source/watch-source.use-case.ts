/**
 * Pauses a source that sends far more signals than usual, before the first one too many is planned.
 * Called by planning, in its transaction. Must never close anything: it only stops what comes.
 */
import { Injectable } from '@nestjs/common'
import { riskTripped } from '@tradewire/contracts/events/orders'
import type { Transaction } from '@tradewire/database/transaction'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { OrdersConfig } from '../../config.ts'
import type { Signal } from '../../domain/planning/signal-plan.ts'
import { type KillSwitch, trippedOf } from '../../domain/stopping/kill-switch.ts'
import { anomalyReason, rateAnomaly } from '../../domain/stopping/signal-rate.ts'
import { KillSwitches } from '../../ports/kill-switches.port.ts'
import { SignalRates } from '../../ports/signal-rates.port.ts'

@Injectable()
export class WatchSource {
  constructor(
    @InjectConfig() private readonly config: OrdersConfig,
    private readonly rates: SignalRates,
    private readonly killSwitches: KillSwitches,
    private readonly clock: Clock,
    private readonly ids: IdSource,
  ) {}

  /** Answers the switch that it engaged. Counts a day's signals: only for one that follows many others of its minute. */
  async execute(signal: Signal, tx: Transaction): Promise<KillSwitch | null> {
    const { alertsPerMinuteMin: perMinuteMin } = this.config
    if (perMinuteMin === 0 || signal.source !== 'TRADINGVIEW') return null
    const rate = await this.rates.of(tx, signal)
    if (rate === undefined || rate.paused) return null
    const anomaly = rateAnomaly(rate, perMinuteMin)
    if (anomaly === null) return null
    const killSwitch: KillSwitch = {
      id: this.ids.next(),
      scope: 'source',
      scopeId: signal.strategyId,
      mode: 'exit-only',
      cause: 'rate-anomaly',
      reason: anomalyReason(anomaly),
      loss: null,
      engagedBy: rate.ownerId,
      byOperator: false,
      engagedAt: this.clock.now(),
      endsAt: null,
      releasedAt: null,
      releasedBy: null,
    }
    await this.killSwitches.engage(tx, [killSwitch])
    tx.append(riskTripped, trippedOf(killSwitch))
    return killSwitch
  }
}

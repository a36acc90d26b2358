/** Time, figures and pace, as planning gets them. Made by the module. Must never hold state of its own. */
import type { Clock } from '@tradewire/kernel/clock'
import type { Metrics } from '@tradewire/observability/metrics'
import type { EntryPace } from '../domain/planning/entry-pace.ts'

export class PlanningMeans {
  constructor(
    readonly clock: Clock,
    readonly metrics: Metrics,
    readonly pace: EntryPace,
  ) {}
}

/** The replies of the public API that the demo reads. Called by the demo. Must never differ from the contracts. */
import type { ReplyOf } from '@tradewire/contracts/define-rpc'
import type { createStrategy } from '@tradewire/contracts/rpc/signals'
import type { listFollowerPerformance } from '@tradewire/contracts/rpc/reporting'

export type StrategyView = ReplyOf<typeof createStrategy>
export type FollowerView = ReplyOf<typeof listFollowerPerformance>['items'][number]

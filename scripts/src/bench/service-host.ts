/**
 * Runs services of ours as their own main files do, several in one process when asked. Process of the bench.
 * Must never add, leave out or change anything of what ships.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { environment } from '@tradewire/config/environment'
import type { AnyServiceDefinition } from '@tradewire/nest-kit/define-service'
import { collectWhileQuiet } from '@tradewire/nest-kit/quiet-garbage'
import type { RunningService } from '@tradewire/nest-kit/start-service'
import { serve } from './kit/serve.ts'

const loaders: Readonly<Record<string, () => Promise<AnyServiceDefinition>>> = {
  gateway: async () => (await import('@tradewire/gateway/service')).gatewayService,
  signals: async () => (await import('@tradewire/signals/service')).signalsService,
  orders: async () => (await import('@tradewire/orders/service')).ordersService,
  paper: async () => (await import('@tradewire/paper/service')).paperService,
  brokers: async () => (await import('@tradewire/brokers/service')).brokersService,
}

const running: RunningService[] = []
const loopDelay = monitorEventLoopDelay({ resolution: 2 })
const nsPerMs = 1_000_000
const p99Percent = 99

serve({
  /** Answers the URLs by service. */
  start: async (names: readonly string[]) => {
    const { startService } = await import('@tradewire/nest-kit/start-service')
    const urls: Record<string, string> = {}
    for (const name of names) {
      const service = await startService(await loaders[name]!(), environment())
      running.push(service)
      urls[name] = service.url
    }
    collectWhileQuiet({ ofStart: true })
    return urls
  },
  stop: async () => {
    for (const service of running.splice(0).toReversed()) await service.stop()
  },
  /** How long the event loop was busy at a time, since the last call. */
  loopDelays: () => {
    const [p99, most] = [loopDelay.percentile(p99Percent), loopDelay.max]
    loopDelay.reset()
    loopDelay.enable()
    return { p99: p99 / nsPerMs, most: most / nsPerMs }
  },
  heap: () => {
    globalThis.gc?.()
    return process.memoryUsage()
  },
})

/**
 * Numbers for operators, in Prometheus text: OpenTelemetry instruments by name, one registry per process.
 * Called through the injected Metrics of a service, which labels everything with `service`.
 * Must never carry labels without a bound: no ids, no addresses, no error texts.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Attributes, Counter, Gauge, Histogram, Meter, ObservableGauge } from '@opentelemetry/api'
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import { MeterProvider } from '@opentelemetry/sdk-metrics'

/** Label values by label name. */
export type Labels = Attributes

export interface CounterMetric {
  /** Adds to the total; `value` is 1 when not given. */
  add(value?: number, labels?: Labels): void
}

export interface GaugeMetric {
  set(value: number, labels?: Labels): void
}

export interface HistogramMetric {
  record(value: number, labels?: Labels): void
}

/** Upper bounds in seconds, for latencies from half a millisecond to a minute. */
export const latencyBoundsSeconds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]

/** The instruments of one process. Tests make their own; services share `processRegistry()`. */
export class MetricRegistry {
  private readonly exporter = new PrometheusExporter({ preventServerStart: true })
  private readonly provider = new MeterProvider({ readers: [this.exporter] })
  private readonly serializer = new PrometheusSerializer('', false, undefined, true, true)
  private readonly instruments = new Map<string, unknown>()
  readonly meter: Meter = this.provider.getMeter('tradewire')

  /** One instrument per name: asking again gives the same one. */
  once<Instrument>(name: string, make: (meter: Meter) => Instrument): Instrument {
    const known = this.instruments.get(name)
    if (known !== undefined) return known as Instrument
    const made = make(this.meter)
    this.instruments.set(name, made)
    return made
  }

  /** Everything measured so far, in Prometheus text format. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.exporter.collect()
    return this.serializer.serialize(resourceMetrics)
  }

  async close(): Promise<void> {
    await this.provider.shutdown()
  }
}

let shared: MetricRegistry | undefined

/** The registry of this process, with the process's own numbers: event loop delay, heap and resident memory. */
export function processRegistry(): MetricRegistry {
  if (shared === undefined) {
    shared = new MetricRegistry()
    measureProcess(shared)
  }
  return shared
}

const eventLoopResolutionMs = 20
const nanosecondsPerSecond = 1e9

function measureProcess(registry: MetricRegistry): void {
  const delay = monitorEventLoopDelay({ resolution: eventLoopResolutionMs })
  delay.enable()
  const gauge = (name: string, description: string): ObservableGauge =>
    registry.once(name, (meter) => meter.createObservableGauge(name, { description }))
  gauge('process_event_loop_delay_seconds', 'Event loop delay since the last reading').addCallback((result) => {
    result.observe(Math.max(0, delay.percentile(50) / nanosecondsPerSecond), { percentile: '50' })
    result.observe(Math.max(0, delay.percentile(99) / nanosecondsPerSecond), { percentile: '99' })
    delay.reset()
  })
  gauge('process_heap_used_bytes', 'JavaScript heap in use').addCallback((result) =>
    result.observe(process.memoryUsage().heapUsed),
  )
  gauge('process_resident_memory_bytes', 'Resident memory').addCallback((result) =>
    result.observe(process.memoryUsage.rss()),
  )
  gauge('process_uptime_seconds', 'Seconds since the process began').addCallback((result) =>
    result.observe(process.uptime()),
  )
}

/** The metrics of one service. Names are snake_case with the unit last: order_placement_seconds. */
export class Metrics {
  readonly service: string
  private readonly registry: MetricRegistry

  constructor(service: string, registry: MetricRegistry = processRegistry()) {
    this.service = service
    this.registry = registry
  }

  counter(name: string, description = ''): CounterMetric {
    const counter = this.registry.once<Counter>(name, (meter) => meter.createCounter(name, { description }))
    return { add: (value = 1, labels) => counter.add(value, this.labelled(labels)) }
  }

  gauge(name: string, description = ''): GaugeMetric {
    const gauge = this.registry.once<Gauge>(name, (meter) => meter.createGauge(name, { description }))
    return { set: (value, labels) => gauge.record(value, this.labelled(labels)) }
  }

  /** Latencies in seconds unless other bounds are given with the first use of the name. */
  histogram(name: string, description = '', bounds: readonly number[] = latencyBoundsSeconds): HistogramMetric {
    const histogram = this.registry.once<Histogram>(name, (meter) =>
      meter.createHistogram(name, { description, advice: { explicitBucketBoundaries: [...bounds] } }),
    )
    return { record: (value, labels) => histogram.record(value, this.labelled(labels)) }
  }

  /** A gauge that is read when somebody looks. Returns the function that stops it. */
  observe(name: string, description: string, read: () => number, labels?: Labels): () => void {
    const gauge = this.registry.once<ObservableGauge>(name, (meter) =>
      meter.createObservableGauge(name, { description }),
    )
    const callback: Parameters<ObservableGauge['addCallback']>[0] = (result) =>
      result.observe(read(), this.labelled(labels))
    gauge.addCallback(callback)
    return () => gauge.removeCallback(callback)
  }

  /** All metrics of the process in Prometheus text format, also those of other services in it. */
  text(): Promise<string> {
    return this.registry.text()
  }

  private labelled(labels: Labels | undefined): Labels {
    return labels === undefined ? { service: this.service } : { ...labels, service: this.service }
  }
}

import { afterEach, describe, expect, it } from 'vitest'
import { MetricRegistry, Metrics, processRegistry } from './metrics.ts'

let registry = new MetricRegistry()

afterEach(async () => {
  await registry.close()
  registry = new MetricRegistry()
})

describe('metrics', () => {
  it('count by name, label and service in Prometheus text', async () => {
    const orders = new Metrics('orders', registry)
    orders.counter('orders_planned_total', 'Orders planned').add(2, { venue: 'paper' })
    orders.counter('orders_planned_total').add(1, { venue: 'paper' })
    new Metrics('brokers', registry).counter('orders_planned_total').add()
    const text = await orders.text()
    expect(text).toContain('# TYPE orders_planned_total counter')
    expect(text).toContain('orders_planned_total{venue="paper",service="orders"} 3')
    expect(text).toContain('orders_planned_total{service="brokers"} 1')
  })

  it('measure durations in buckets from half a millisecond to a minute', async () => {
    const metrics = new Metrics('orders', registry)
    metrics.histogram('placement_seconds').record(0.03)
    const text = await metrics.text()
    expect(text).toContain('placement_seconds_bucket{service="orders",le="0.05"} 1')
    expect(text).toContain('placement_seconds_bucket{service="orders",le="0.025"} 0')
  })

  it('read a gauge when somebody looks, and no more once it is stopped', async () => {
    const metrics = new Metrics('orders', registry)
    let backlog = 4
    const stop = metrics.observe('backlog_messages', 'Waiting', () => backlog)
    expect(await metrics.text()).toContain('backlog_messages{service="orders"} 4')
    backlog = 5
    expect(await metrics.text()).toContain('backlog_messages{service="orders"} 5')
    stop()
    backlog = 6
    expect(await metrics.text()).not.toContain('backlog_messages{service="orders"} 6')
  })

  it('show event loop delay, heap and resident memory of the process', async () => {
    const text = await processRegistry().text()
    for (const name of [
      'process_event_loop_delay_seconds',
      'process_heap_used_bytes',
      'process_resident_memory_bytes',
    ]) {
      expect(text).toMatch(new RegExp(`^${name}(\\{[^}]*\\})? \\d`, 'm'))
    }
  })
})

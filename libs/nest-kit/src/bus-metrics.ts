/**
 * What the bus counts, in the service's metrics. Called by service-bus only.
 * Must never throw and never take an id as a label.
 */
import type { BusMetrics } from '@tradewire/bus/bus-metrics'
import type { Metrics } from '@tradewire/observability/metrics'

const millisecondsPerSecond = 1_000

export function busMetrics(metrics: Metrics): BusMetrics {
  const published = metrics.counter('bus_published_messages_total', 'Messages acknowledged by JetStream')
  const failed = metrics.counter('bus_publish_failures_total', 'Messages not acknowledged; they are sent again')
  const consumed = metrics.counter('bus_consumed_events_total', 'Events whose effect is committed')
  const age = metrics.histogram('bus_event_age_seconds', 'From the event to the commit of its effect')
  const redelivered = metrics.counter('bus_redelivered_messages_total', 'Messages that came again')
  const deadLettered = metrics.counter('bus_dead_letter_events_total', 'Events set aside after too many failures')
  const lost = metrics.counter('bus_store_losses_total', 'Streams that lost their store')
  const answered = metrics.histogram('rpc_answer_duration_seconds', 'From the question to its answer')
  return {
    published: (messages) => published.add(messages),
    publishFailed: (messages) => failed.add(messages),
    consumed(consumer, events, ageMs) {
      consumed.add(events, { consumer })
      age.record(ageMs / millisecondsPerSecond, { consumer })
    },
    redelivered: (consumer, messages) => redelivered.add(messages, { consumer }),
    deadLettered: (consumer, events) => deadLettered.add(events, { consumer }),
    storeLost: (stream) => lost.add(1, { stream }),
    answered: (subject, ok, durationMs) =>
      answered.record(durationMs / millisecondsPerSecond, { subject, outcome: ok ? 'ok' : 'error' }),
  }
}

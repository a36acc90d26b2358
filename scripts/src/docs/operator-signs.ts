/**
 * What an operator watches: metrics, what is drawn of them, and when somebody is called. Called by the observability
 * documents. Must never name a metric that no service has: the spec looks for each.
 */
export interface Metric {
  readonly name: string
  readonly labels: readonly string[]
  readonly means: string
}

export interface Panel {
  readonly title: string
  /** Grafana's name of the unit. */
  readonly unit: 's' | 'ops' | 'short' | 'bytes' | 'percentunit'
  /** Legend and query. */
  readonly lines: readonly (readonly [string, string])[]
}

export interface Alert {
  readonly name: string
  readonly when: string
  /** How long it must hold. */
  readonly holds: string
  readonly severity: 'page' | 'ticket'
  readonly means: string
  readonly action: string
}

export const metrics: readonly Metric[] = [
  {
    name: 'http_request_duration_seconds',
    labels: ['service', 'method', 'route', 'status'],
    means: 'Requests, alerts among them, from the first line to the last byte',
  },
  {
    name: 'rpc_answer_duration_seconds',
    labels: ['service', 'subject', 'outcome'],
    means: 'Questions between services',
  },
  {
    name: 'orders_planned_total',
    labels: ['outcome', 'code'],
    means: 'Followers planned: approved, or denied with its code',
  },
  { name: 'signals_refused_total', labels: ['code'], means: 'Signals refused as a whole, for no follower apart' },
  { name: 'signal_planning_seconds', labels: [], means: 'One signal planned for all its followers' },
  {
    name: 'venue_answer_seconds',
    labels: ['venue', 'call', 'outcome'],
    means: 'From an order or cancel to what the venue answered',
  },
  { name: 'position_unprotected_seconds', labels: [], means: 'How long a position was held without a standing stop' },
  {
    name: 'stop_failures_total',
    labels: ['policy'],
    means: 'Positions that lost their cover because a stop did not stand',
  },
  { name: 'trades_total', labels: ['kind'], means: 'Trades told' },
  { name: 'reconcile_passes_total', labels: ['outcome'], means: 'Passes over accounts' },
  { name: 'drift_findings_total', labels: ['kind'], means: "Differences between our books and a venue's" },
  { name: 'delivery_attempt_seconds', labels: ['to', 'outcome'], means: 'Webhooks and chat messages sent' },
  {
    name: 'outbox_backlog_messages',
    labels: ['service'],
    means:
      'Committed and not yet published, counted in PostgreSQL every 5 s, also while NATS is away; up to 20,000 rows. Replicas of a service count the same table',
  },
  {
    name: 'bus_event_age_seconds',
    labels: ['service', 'consumer'],
    means: 'From an event to the commit of its effect',
  },
  { name: 'bus_consumed_events_total', labels: ['service', 'consumer'], means: 'Events whose effect is committed' },
  { name: 'bus_redelivered_messages_total', labels: ['service', 'consumer'], means: 'Messages that came again' },
  {
    name: 'bus_dead_letter_events_total',
    labels: ['service', 'consumer'],
    means: 'Events set aside after too many failures',
  },
  { name: 'bus_publish_failures_total', labels: ['service'], means: 'Messages not acknowledged; they are sent again' },
  {
    name: 'bus_store_losses_total',
    labels: ['service'],
    means: 'Streams that lost their store, and are filled again from PostgreSQL',
  },
  { name: 'process_event_loop_delay_seconds', labels: ['percentile'], means: 'How late the process is' },
  { name: 'process_resident_memory_bytes', labels: [], means: 'Memory of the process' },
]

/** A quantile of a histogram over five minutes, by these labels. */
function quantile(share: number, metric: string, by: readonly string[] = [], filter = ''): string {
  return `histogram_quantile(${share}, sum by (${['le', ...by].join(', ')}) (rate(${metric}_bucket${filter}[5m])))`
}

/**
 * What a counter has counted within so long, by these labels. A series begins with its first event, which is no increase:
 * one that was not there before counts with all it says.
 */
function counted(metric: string, within: string, by: readonly string[] = []): string {
  const sum = by.length === 0 ? 'sum' : `sum by (${by.join(', ')}) `
  return `${sum}((${metric} unless ${metric} offset ${within}) or increase(${metric}[${within}]))`
}

const alertRoute = '{service="signals",route="/v1/webhook/strategy"}'

export const panels: readonly Panel[] = [
  {
    title: 'Alerts taken in',
    unit: 'ops',
    lines: [['{{status}}', `sum by (status) (rate(http_request_duration_seconds_count${alertRoute}[1m]))`]],
  },
  {
    title: 'Alert to its answer',
    unit: 's',
    lines: [
      ['median', quantile(0.5, 'http_request_duration_seconds', [], alertRoute)],
      ['p99', quantile(0.99, 'http_request_duration_seconds', [], alertRoute)],
    ],
  },
  {
    title: 'Followers planned',
    unit: 'ops',
    lines: [['{{outcome}} {{code}}', 'sum by (outcome, code) (rate(orders_planned_total[1m]))']],
  },
  {
    title: 'Planning of a signal',
    unit: 's',
    lines: [['p99', quantile(0.99, 'signal_planning_seconds')]],
  },
  {
    title: 'Orders and cancels by outcome',
    unit: 'ops',
    lines: [['{{venue}} {{call}} {{outcome}}', 'sum by (venue, call, outcome) (rate(venue_answer_seconds_count[1m]))']],
  },
  {
    title: 'What venues take to answer',
    unit: 's',
    lines: [['{{venue}} p99', quantile(0.99, 'venue_answer_seconds', ['venue'])]],
  },
  {
    title: 'Positions without a stop',
    unit: 's',
    lines: [
      ['median', quantile(0.5, 'position_unprotected_seconds')],
      ['p99', quantile(0.99, 'position_unprotected_seconds')],
    ],
  },
  {
    title: 'Drift found',
    unit: 'ops',
    lines: [['{{kind}}', 'sum by (kind) (rate(drift_findings_total[5m]))']],
  },
  {
    title: 'Waiting for the bus',
    unit: 'short',
    lines: [['{{service}}', 'max by (service) (outbox_backlog_messages)']],
  },
  {
    title: 'Age of events when their effect is committed',
    unit: 's',
    lines: [['{{consumer}} p99', quantile(0.99, 'bus_event_age_seconds', ['consumer'])]],
  },
  {
    title: 'Webhooks and chats',
    unit: 'ops',
    lines: [['{{to}} {{outcome}}', 'sum by (to, outcome) (rate(delivery_attempt_seconds_count[1m]))']],
  },
  {
    title: 'Lateness of processes',
    unit: 's',
    lines: [['{{instance}}', 'process_event_loop_delay_seconds{percentile="99"}']],
  },
  {
    title: 'Memory of processes',
    unit: 'bytes',
    lines: [['{{instance}}', 'process_resident_memory_bytes']],
  },
]

export const alerts: readonly Alert[] = [
  {
    name: 'AlertsRefusedForWantOfStorage',
    when: `sum(rate(http_request_duration_seconds_count{service="signals",route="/v1/webhook/strategy",status="503"}[2m])) > 0`,
    holds: '1m',
    severity: 'page',
    means:
      'Alerts are answered 503: PostgreSQL is away for the intake. Nothing is lost that was answered 200; TradingView sends a 503 again a few times only.',
    action: 'Bring PostgreSQL back; look at `/health/ready` of signals.',
  },
  {
    name: 'StopsDoNotStand',
    when: `${counted('stop_failures_total', '5m')} > 0`,
    holds: '0m',
    severity: 'page',
    means: "A venue refused or took away a stop: the follower's policy runs (flatten, retry, or alert alone).",
    action: 'Look at the explain trace of the bracket, and at docs/stopping.md.',
  },
  {
    name: 'PositionsUnprotectedForLong',
    when: `${quantile(0.99, 'position_unprotected_seconds')} > 10`,
    holds: '5m',
    severity: 'page',
    means: 'One position in a hundred waits more than ten seconds for its stop.',
    action: 'Look at what the venue takes to answer, at its rate limits, and at the lateness of brokers.',
  },
  {
    name: 'VenueOutcomesUnknown',
    when: 'sum by (venue) (rate(venue_answer_seconds_count{outcome="outcome-unknown"}[5m])) / sum by (venue) (rate(venue_answer_seconds_count[5m])) > 0.05',
    holds: '5m',
    severity: 'page',
    means:
      'More than one call in twenty to a venue ends without a clear answer. Each such order is looked for before anything else happens on that account and symbol.',
    action: "Look at the venue's status page; engage a kill switch for its strategies if it goes on.",
  },
  {
    name: 'OutboxGrows',
    when: 'max by (service) (outbox_backlog_messages) > 5000',
    holds: '2m',
    severity: 'page',
    means: 'Committed messages do not reach NATS: they are safe in PostgreSQL, but nothing follows from them.',
    action: 'Look at NATS, its disk, and the log of the service.',
  },
  {
    name: 'EventsAreOld',
    when: `${quantile(0.99, 'bus_event_age_seconds', ['consumer'])} > 30`,
    holds: '5m',
    severity: 'page',
    means: 'A consumer is half a minute behind.',
    action: 'Add replicas of its service, or find what holds it up: locks, a slow database, a poisoned message.',
  },
  {
    name: 'DeadLetters',
    when: `${counted('bus_dead_letter_events_total', '15m', ['consumer'])} > 0`,
    holds: '0m',
    severity: 'ticket',
    means: 'An event failed too often and was set aside in the table dead_letter; the others go on.',
    action:
      'Read its error (`./tradewire dead-letters list`), mend the cause, and hand it on again (`dead-letters replay`).',
  },
  {
    name: 'BusStoreLost',
    when: `${counted('bus_store_losses_total', '15m')} > 0`,
    holds: '0m',
    severity: 'ticket',
    means: 'JetStream came back without its store. The outbox fills it again by itself.',
    action: 'Look at the volume of NATS and at its sync_interval.',
  },
  {
    name: 'DriftFound',
    when: `${counted('drift_findings_total', '30m', ['kind'])} > 20`,
    holds: '0m',
    severity: 'ticket',
    means: 'Our books and venues differ more often than trades by hand explain.',
    action: 'Read the drift report of the accounts; see docs/reconciliation.md.',
  },
  {
    name: 'ProcessIsLate',
    when: 'process_event_loop_delay_seconds{percentile="99"} > 0.5',
    holds: '5m',
    severity: 'ticket',
    means: 'A process cannot keep up with its work.',
    action: 'Give it more processor, or run more of them.',
  },
]

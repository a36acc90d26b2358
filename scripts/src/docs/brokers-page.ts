/** The generated page of the venues: what each can do and what its adapter was seen doing. Called by the docs command. */
import { conformanceCases } from '@tradewire/broker-kit/conformance'
import type { BrokerDefinition } from '@tradewire/broker-kit/define-broker'
import { generated } from './pages.ts'
import { cell } from './schema-words.ts'

/** Verdicts of the last recorded run of the test card, by venue and case. */
export type ConformanceRecord = Readonly<Record<string, Readonly<Record<string, string>>>>

export function brokersPage(brokers: readonly BrokerDefinition[], record: ConformanceRecord): string {
  const sorted = brokers.toSorted((left, right) => (left.id < right.id ? -1 : 1))
  return [
    '# Venues',
    generated,
    'What a venue can do, as its adapter declares it. An order that needs more is refused before the call, with the capability named.\n' +
      'The read lag is how long an accepted order may stay invisible to queries: an unknown order is looked for at least that long.\n' +
      'An account trades there for real only if it says so: [going live](going-live.md).',
    table(['', ...sorted.map(({ id }) => `\`${id}\``)], rowsOf(sorted)),
    conformanceSection(sorted, record),
    ...sorted.map(limitsSection),
  ].join('\n\n')
}

const keyWords = { mayWithdraw: 'withdrawal', ipBound: 'addresses', expiresAt: 'its end' } as const

function rowsOf(brokers: readonly BrokerDefinition[]): string[][] {
  const row = (label: string, value: (broker: BrokerDefinition) => string) => [label, ...brokers.map(value)]
  const types = new Set(brokers.flatMap(({ capabilities }) => capabilities.orderTypes))
  return [
    row('name', ({ title }) => title),
    ...[...types]
      .toSorted()
      .map((type) => row(`${type} order`, ({ capabilities }) => mark(capabilities.orderTypes.includes(type)))),
    row('reduce only', ({ capabilities }) => mark(capabilities.reduceOnly)),
    row('trailing stop at the venue', ({ capabilities }) => mark(capabilities.trailing)),
    row('several targets', ({ capabilities }) => mark(capabilities.targets)),
    row('long and short at once', ({ capabilities }) => mark(capabilities.hedging)),
    row('positions or coins', ({ capabilities }) => capabilities.positions.replace('net', 'net positions')),
    row('leverage', ({ capabilities: { leverage } }) => (leverage === null ? '' : `up to ${leverage.max}`)),
    row('news of leverage by itself', ({ capabilities: { leverage } }) => mark(leverage?.told === true)),
    row('news of orders by itself', ({ capabilities }) => mark(capabilities.streams.orders)),
    row('news of balances by itself', ({ capabilities }) => mark(capabilities.streams.balances)),
    row('fee in the reply', ({ capabilities }) => mark(capabilities.feeInReply)),
    row('tells of a key', ({ capabilities }) => capabilities.keyTold.map((fact) => keyWords[fact]).join(', ')),
    row('contracts and steps are those of the', ({ capabilities }) => capabilities.instrumentsPer),
    row(
      'our order id',
      ({ capabilities: { clientId } }) => `\`${clientId.field}\`, ${clientId.lengthMax} of ${clientId.characters}`,
    ),
    row('an id is unique among', ({ capabilities: { clientId } }) => clientId.uniqueness.replaceAll('-', ' ')),
    row('read lag', ({ capabilities: { clientId } }) => `${clientId.readLagMs} ms`),
    row('credentials', ({ credentials }) =>
      Object.keys(credentials.shape)
        .map((key) => `\`${key}\``)
        .join(', '),
    ),
  ]
}

function conformanceSection(brokers: readonly BrokerDefinition[], record: ConformanceRecord): string {
  const verdict = (venue: string, caseId: string): string => {
    const told = record[venue]?.[caseId] ?? 'not run'
    if (told === 'skipped') return ''
    return told === 'failed' ? '**failed**' : told
  }
  return [
    '## Test card',
    'Each case is played through the adapter, over real sockets, against the paper venue that speaks the same protocol: ' +
      '`./tradewire conformance`.\nThe verdicts are those of the last run with `--record`. A case that needs what a venue does not declare stays empty.',
    table(
      ['', '', ...brokers.map(({ id }) => `\`${id}\``)],
      conformanceCases.map(({ id, title }) => [id, title, ...brokers.map((broker) => verdict(broker.id, id))]),
    ),
  ].join('\n\n')
}

function limitsSection({ id, rateLimits }: BrokerDefinition): string {
  const rows = rateLimits.map(({ name, scope, capacity, intervalMs }) => [
    name,
    scope,
    String(capacity),
    `${intervalMs} ms`,
  ])
  const body =
    rows.length === 0 ? 'No budget is declared.' : table(['budget', 'shared by', 'calls or weight', 'per'], rows)
  return `## Budgets of ${id}\n\n${body}`
}

function mark(holds: boolean): string {
  return holds ? 'yes' : ''
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n')
}

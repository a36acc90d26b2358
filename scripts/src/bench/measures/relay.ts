/** P8: how fast committed events reach JetStream, beside plain acknowledged publishing. Called by the bench. */
import { jetstreamManager } from '@nats-io/jetstream'
import { streamNames } from '@tradewire/bus/streams'
import { roleUrl, runMigrations } from '@tradewire/database/migrations'
import { connect } from 'nats'
import { join } from 'node:path'
import type { Bench } from '../kit/bench.ts'
import { BenchChild } from '../kit/child.ts'
import { comparisonOf, type Gate, gateOf } from '../kit/report.ts'
import { median, rounded } from '../kit/statistics.ts'

const rawMessages = 20_000
const singleEvents = 10_000
const batchedEvents = 50_000
const password = 'bench'

export async function measureRelay(bench: Bench): Promise<Gate> {
  const { servers, directory, options } = bench
  const adminUrl = await servers.database('relay')
  const role = 'bench_relay'
  await runMigrations({ adminUrl, service: 'relay', schema: 'relay', role, password, migrations: [] })
  const child = await BenchChild.start({ entry: 'relay-bench', logFile: join(directory, 'relay.log') })
  const rates = { raw: [] as number[], single: [] as number[], batched: [] as number[] }
  try {
    await child.call('start', { databaseUrl: roleUrl(adminUrl, role, password), natsUrl: servers.natsUrl })
    for (let pair = 0; pair <= options.pairs; pair += 1) {
      bench.progress(`outbox relay: round ${Math.max(pair, 1)} of ${options.pairs}`)
      const raw = await child.call<number>('raw', rawMessages)
      const single = await child.call<number>('relay', { count: singleEvents, form: 'single' })
      const batched = await child.call<number>('relay', { count: batchedEvents, form: 'batched' })
      if (pair === 0) continue
      rates.raw.push(raw)
      rates.single.push(single)
      rates.batched.push(batched)
    }
    await child.call('stop')
  } finally {
    await child.stop()
    await forgetStreams(servers.natsUrl)
  }
  return gateP8(rates)
}

async function forgetStreams(natsUrl: string): Promise<void> {
  const nats = await connect({ servers: natsUrl })
  const manager = await jetstreamManager(nats)
  for (const stream of streamNames) await manager.streams.delete(stream).catch(() => undefined)
  await nats.close()
}

function gateP8(rates: { readonly raw: number[]; readonly single: number[]; readonly batched: number[] }): Gate {
  const [raw, single, batched] = [rates.raw, rates.single, rates.batched].map(median) as [number, number, number]
  return gateOf({
    name: 'events a second from the outbox to JetStream',
    comparisons: [
      comparisonOf({
        against: 'raw acknowledged publish, one event a message',
        value: rounded(single / raw),
        gate: 0.5,
        stretch: 0.5,
        rule: '>=',
      }),
      comparisonOf({
        against: 'raw acknowledged publish, up to 100 events a message',
        value: rounded(batched / raw),
        gate: 0.5,
        stretch: 2,
        rule: '>=',
      }),
    ],
    ours: `${Math.round(single)}/s singly; ${Math.round(batched)}/s batched`,
    raw: `${Math.round(raw)}/s`,
    notes: [
      'ours claims the rows, publishes with deduplication ids and marks the rows as published; raw only publishes',
    ],
  })
}

/**
 * The two streams of the system, made from the event contracts.
 * Called by Bus at each connect and reconnect. Must never use WorkQueue retention (rule R3).
 */
import {
  DiscardPolicy,
  JetStreamApiError,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
  StoreCompression,
} from '@nats-io/jetstream'
import { type EventContract, urgentSubjectOf } from '@tradewire/contracts/define-event'
import { nanos } from 'nats'

export const streamNames = ['EVENTS', 'COMMANDS'] as const
export type StreamName = (typeof streamNames)[number]

/** News for everyone in EVENTS; commands partitioned by account in COMMANDS. */
export function streamOf(contract: EventContract): StreamName {
  return contract.partitioned ? 'COMMANDS' : 'EVENTS'
}

/** Which of a contract's messages: those that go before the others, the others, or all of them. */
export type Haste = 'urgent' | 'calm' | 'any'

/** The subjects under which a contract's messages travel, as a consumer filters them. */
export function filterSubjectsOf(contract: EventContract, haste: Haste = 'any'): string[] {
  const calm = contract.partitioned ? `${contract.name}.*` : contract.name
  const urgent = contract.urgent === undefined ? [] : [urgentSubjectOf(calm)]
  if (haste === 'urgent') return urgent
  return haste === 'calm' ? [calm] : [calm, ...urgent]
}

const maxAgeMs = 48 * 60 * 60 * 1_000
/** The server's own filter of repeated Nats-Msg-Ids: a first, cheap one. The inbox is the real one. */
const duplicateWindowMs = 2 * 60 * 1_000
const streamNotFoundCode = 10_059

/** Creates what is missing and adds subjects that are new; subjects of newer releases stay. */
export async function ensureStreams(manager: JetStreamManager, contracts: readonly EventContract[]): Promise<void> {
  for (const name of streamNames) {
    const subjects = contracts.filter((contract) => streamOf(contract) === name).flatMap((one) => filterSubjectsOf(one))
    if (subjects.length === 0) continue
    await ensureStream(manager, name, subjects)
  }
}

/** The server's wall time in epoch milliseconds, as the description of a stream of these contracts bears it. */
export async function serverTimeMs(manager: JetStreamManager, [contract]: readonly EventContract[]): Promise<number> {
  if (contract === undefined) throw new Error('a bus without contracts has no stream to ask')
  const { ts } = await manager.streams.info(streamOf(contract))
  if (ts === undefined) throw new Error('the server does not say when it described its stream')
  return Date.parse(ts)
}

async function ensureStream(manager: JetStreamManager, name: StreamName, subjects: readonly string[]): Promise<void> {
  const existing = await subjectsOf(manager, name)
  if (existing === undefined) {
    await manager.streams.add({
      name,
      subjects: [...subjects],
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      compression: StoreCompression.None,
      max_age: nanos(maxAgeMs),
      duplicate_window: nanos(duplicateWindowMs),
      num_replicas: 1,
      allow_direct: true,
    })
    return
  }
  const missing = subjects.filter((subject) => !existing.includes(subject))
  if (missing.length > 0) await manager.streams.update(name, { subjects: [...existing, ...missing] })
}

async function subjectsOf(manager: JetStreamManager, name: StreamName): Promise<readonly string[] | undefined> {
  try {
    return (await manager.streams.info(name)).config.subjects
  } catch (error) {
    if (isStreamMissing(error)) return undefined
    throw error
  }
}

export function isStreamMissing(error: unknown): boolean {
  return error instanceof JetStreamApiError && error.code === streamNotFoundCode
}

/**
 * The dead letters of services, read and handed on by the administrator of their database.
 * Called by the `dead-letters` command. Must never delete one.
 */
import { listDeadLetters, replayDeadLetters, type StoredDeadLetter } from '@tradewire/bus/consume/dead-letters'
import { Database } from '@tradewire/database/database'
import { SystemClock } from '@tradewire/kernel/clock'
import { UuidV7Source } from '@tradewire/kernel/ids'
import { loadService, type ServiceName } from '../services/catalogue.ts'
import { LauncherError, messageOf } from '../terminal/launcher-error.ts'

export interface DeadLetterOf extends StoredDeadLetter {
  readonly service: ServiceName
}

/** Those that wait in one service, newest first, 200 at most. */
export function waitingLetters(adminUrl: string, services: readonly ServiceName[]): Promise<DeadLetterOf[]> {
  return fromEach(adminUrl, services, async (service, database) => {
    const letters = await listDeadLetters(database)
    return letters.map((letter) => ({ service, ...letter }))
  })
}

export interface Replayed {
  readonly service: ServiceName
  readonly letters: number
}

/** Hands them to their consumers once more, all that wait or those named; the service's relay sends them. */
export function replayLetters(
  adminUrl: string,
  services: readonly ServiceName[],
  ids: readonly string[],
): Promise<Replayed[]> {
  const filter = ids.length === 0 ? {} : { ids }
  return fromEach(adminUrl, services, async (service, database, source) => [
    { service, letters: await replayDeadLetters(database, source, filter) },
  ])
}

async function fromEach<Row>(
  url: string,
  services: readonly ServiceName[],
  work: (service: ServiceName, database: Database, ids: UuidV7Source) => Promise<Row[]>,
): Promise<Row[]> {
  const clock = new SystemClock()
  const ids = new UuidV7Source(clock)
  const rows: Row[] = []
  for (const name of services) {
    const { database: declared } = await loadService(name)
    if (declared === undefined) continue
    const { schema } = declared
    const options = { url, schema, poolMax: 1, applicationName: 'dead-letters', clock, ids }
    const database = await Database.connect(options).catch((cause: unknown) => {
      throw new LauncherError(`the database of ${name} cannot be read: ${messageOf(cause)}`, './tradewire status')
    })
    try {
      rows.push(...(await work(name, database, ids)))
    } finally {
      await database.close()
    }
  }
  return rows
}

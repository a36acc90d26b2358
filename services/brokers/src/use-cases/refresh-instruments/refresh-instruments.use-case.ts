/**
 * Reads again what may be traded while accounts stay connected: of each venue in use, or of each server of its accounts.
 * Called on a timer. Must never take of a server what the venue's other servers do not have as well.
 */
import { Injectable } from '@nestjs/common'
import type { Venue } from '@tradewire/contracts/common'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { differingSymbols } from '#domain/instrument-terms'
import { Instruments } from '#ports/instruments.port'
import { type AccountSession, Sessions } from '#ports/sessions.port'
import { type ServerTerms, termsOf } from '../agree-instruments/agree-instruments.use-case.ts'
import { AnnounceInstruments, announceChanged } from '../announce-instruments/announce-instruments.use-case.ts'

const symbolsTold = 10

@Injectable()
export class RefreshInstruments {
  constructor(
    private readonly sessions: Sessions,
    private readonly venues: AnnounceInstruments,
    private readonly instruments: Instruments,
    private readonly database: Database,
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** One read for each venue or server, however many accounts there are. */
  async execute(): Promise<void> {
    const streaming = this.sessions.all().filter(({ session }) => session.health().streaming)
    for (const [venue, all] of Map.groupBy(streaming, ({ account }) => account.venue)) {
      const [first] = all
      if (first?.definition.capabilities.instrumentsPer === 'venue') await this.venues.execute(venue, first.session)
      else await this.agree(venue, await this.read(venue, all))
    }
  }

  private async read(venue: Venue, all: readonly AccountSession[]): Promise<ServerTerms[]> {
    const found = new Map<string, ServerTerms>()
    for (const { session } of all) {
      const server = await session.server?.()
      if (server?.ok !== true || found.has(server.value)) continue
      const terms = await termsOf(session)
      if (terms.ok) found.set(server.value, terms.value)
      else this.logger.warn({ venue, reason: terms.error.message }, 'the instruments of a server could not be read')
    }
    return [...found.values()]
  }

  /** Servers that change together agree with each other; one that changes alone is not followed. */
  private async agree(venue: Venue, read: readonly ServerTerms[]): Promise<void> {
    if (read.length === 0) return
    await this.database.transact(async (tx) => {
      const servers = read.map(({ server }) => server)
      const beside = await this.instruments.ofServersBeside(tx, venue, servers)
      for (const { server, listed } of read) {
        const others = [beside, ...read.flatMap((other) => (other.server === server ? [] : [other.listed]))]
        const differing = new Set(others.flatMap((other) => differingSymbols(listed, other)))
        const agreed = listed.filter(({ symbol }) => !differing.has(symbol))
        announceChanged(tx, venue, await this.instruments.save(tx, { venue, server }, agreed), this.clock.now())
        if (differing.size === 0) continue
        const symbols = [...differing].slice(0, symbolsTold)
        this.logger.error({ venue, server, symbols }, 'servers of a venue differ now; what was known of these stands')
      }
    })
  }
}

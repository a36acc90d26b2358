/**
 * Reads again what may be traded while accounts stay connected: of each venue in use, or of each server of its accounts.
 * Called on a timer. Must never take of a server what the other servers of its environment do not have as well.
 */
import { Injectable } from '@nestjs/common'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { type Place, placeName } from '#domain/account/account'
import { type AccountSession, Sessions } from '#ports/sessions.port'
import { AgreeInstruments, type ServerTerms, termsOf } from '../agree-instruments/agree-instruments.use-case.ts'
import { AnnounceInstruments } from '../announce-instruments/announce-instruments.use-case.ts'

@Injectable()
export class RefreshInstruments {
  constructor(
    private readonly sessions: Sessions,
    private readonly venues: AnnounceInstruments,
    private readonly servers: AgreeInstruments,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** One read for each venue or server, however many accounts there are. */
  async execute(): Promise<void> {
    const streaming = this.sessions.all().filter(({ session }) => session.health().streaming)
    for (const all of Map.groupBy(streaming, ({ account }) => placeName(account)).values()) {
      const { account, definition, session } = all[0]!
      if (definition.capabilities.instrumentsPer === 'venue') await this.venues.execute(account, session)
      else await this.agree(account, await this.read(account, all))
    }
  }

  private async read({ venue, environment }: Place, all: readonly AccountSession[]): Promise<ServerTerms[]> {
    const found = new Map<string, ServerTerms>()
    for (const { session } of all) {
      const server = await session.server?.()
      if (server?.ok !== true || found.has(server.value)) continue
      const terms = await termsOf(session)
      if (terms.ok) found.set(server.value, terms.value)
      else
        this.logger.warn(
          { venue, environment, reason: terms.error.message },
          'the instruments of a server could not be read',
        )
    }
    return [...found.values()]
  }

  /** Servers that change together agree with each other; one that changes alone is not followed. */
  private async agree({ venue, environment }: Place, read: readonly ServerTerms[]): Promise<void> {
    if (read.length === 0) return
    for (const { server, symbols } of await this.servers.again({ venue, environment }, read)) {
      this.logger.error(
        { venue, environment, server, symbols },
        'servers of a venue differ now; what was known of these stands',
      )
    }
  }
}

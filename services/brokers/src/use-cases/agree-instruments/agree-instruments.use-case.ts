/**
 * Compares the instruments of an account's server with those of the other servers of its venue and environment; stores
 * and tells them where they agree. Called by check-account and refresh-instruments. Must never let a server be stored by which another's accounts were sized wrongly.
 */
// tidy-allow ratchet-use-case-methods: a server that comes and servers that are read anew are held to the same
import { Injectable } from '@nestjs/common'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import { unsupported } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, VenueInstrument } from '@tradewire/broker-kit/broker-session'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { brokersErrors, refusalOfProbe } from '#brokers.errors'
import type { Place } from '#domain/account/account'
import { differingSymbols } from '#domain/instruments/instrument-terms'
import { Brokers } from '#ports/brokers.port'
import { Instruments } from '#ports/instruments.port'
import { announceChanged } from '../announce-instruments/announce-instruments.use-case.ts'

const symbolsTold = 10

@Injectable()
export class AgreeInstruments {
  constructor(
    private readonly brokers: Brokers,
    private readonly database: Database,
    private readonly instruments: Instruments,
    private readonly clock: Clock,
  ) {}

  /** Nothing to compare where the whole venue has the same. */
  async execute(place: Place, session: BrokerSession): Promise<Result<undefined, CodedError>> {
    if (this.brokers.of(place.venue).capabilities.instrumentsPer === 'venue') return ok(undefined)
    const told = await termsOf(session)
    if (!told.ok) return err(refusalOfProbe(told.error))
    const { server, listed } = told.value
    const differing = await this.database.transact(async (tx) => {
      const others = await this.instruments.ofServersBeside(tx, place, [server])
      const symbols = differingSymbols(listed, others)
      if (symbols.length > 0) return symbols
      const changed = await this.instruments.save(tx, { ...place, server }, listed)
      announceChanged(tx, place, changed, this.clock.now())
      return []
    })
    if (differing.length === 0) return ok(undefined)
    const symbols = differing.slice(0, symbolsTold)
    return err(brokersErrors.of('ACCOUNT_INSTRUMENTS_DIFFER', { server, symbols }))
  }

  /** Takes what all that have a symbol agree on, these as they are now; answers what was not taken. */
  async again(place: Place, read: readonly ServerTerms[]): Promise<Differing[]> {
    return this.database.transact(async (tx) => {
      const servers = read.map(({ server }) => server)
      const beside = await this.instruments.ofServersBeside(tx, place, servers)
      const left: Differing[] = []
      for (const { server, listed } of read) {
        const others = [beside, ...read.flatMap((other) => (other.server === server ? [] : [other.listed]))]
        const differing = new Set(others.flatMap((other) => differingSymbols(listed, other)))
        const agreed = listed.filter(({ symbol }) => !differing.has(symbol))
        announceChanged(tx, place, await this.instruments.save(tx, { ...place, server }, agreed), this.clock.now())
        if (differing.size > 0) left.push({ server, symbols: [...differing].slice(0, symbolsTold) })
      }
      return left
    })
  }
}

export interface Differing {
  readonly server: string
  readonly symbols: readonly string[]
}

export interface ServerTerms {
  readonly server: string
  readonly listed: readonly VenueInstrument[]
}

export async function termsOf(session: BrokerSession): Promise<Result<ServerTerms, BrokerError>> {
  const server = await session.server?.()
  if (server === undefined) return err(unsupported('instrumentsPer', 'the session does not name its server'))
  if (!server.ok) return server
  const listed = await session.instruments()
  return listed.ok ? ok({ server: server.value, listed: listed.value }) : listed
}

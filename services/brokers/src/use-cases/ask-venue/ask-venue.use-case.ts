/**
 * Questions to an account's venue on behalf of its user. Called by manage-accounts.
 * Must never leave a session open on a process that does not hold the account's partition.
 */
// tidy-allow ratchet-use-case-methods: small questions to one venue session, each a line
import { Injectable } from '@nestjs/common'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, VenueBalance, VenueOrder } from '@tradewire/broker-kit/broker-session'
import type { ClientIdRule } from '@tradewire/broker-kit/client-order-id'
import type { Venue } from '@tradewire/contracts/common'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { Brokers } from '#ports/brokers.port'
import { Sessions } from '#ports/sessions.port'
import { Accounts } from '#ports/accounts.port'
import { DatabaseTime } from '#ports/database-time.port'
import { TrackHealth } from '../track-health/track-health.use-case.ts'

type Answer<Value> = Promise<Result<Value, BrokerError>>

@Injectable()
export class AskVenue {
  constructor(
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
    private readonly health: TrackHealth,
    private readonly time: DatabaseTime,
    private readonly brokers: Brokers,
  ) {}

  now(): Date {
    return this.time.now()
  }

  clientIdRule(venue: Venue): ClientIdRule {
    return this.brokers.of(venue).capabilities.clientId
  }

  forget(accountId: string): Promise<void> {
    return this.sessions.forget(accountId)
  }

  balances(accountId: string): Answer<readonly VenueBalance[]> {
    return this.execute(accountId, (session) => session.balances())
  }

  openOrders(accountId: string): Answer<readonly VenueOrder[]> {
    return this.execute(accountId, (session) => session.openOrders())
  }

  /** Asks what the venue says of the key now. */
  async learnKey(accountId: string): Promise<void> {
    await this.execute(accountId, async (session) => ok(await this.noteKey(accountId, session)))
  }

  /** Stores whether the venue answers, and tells which setting of the account keeps us from trading it; null for none. */
  async test(accountId: string): Promise<string | null> {
    const asked = await this.execute(accountId, async (session) => {
      const balances = await session.balances()
      if (!balances.ok) return balances
      await this.noteKey(accountId, session)
      const problem = await session.settingsProblem?.()
      return ok(problem?.ok === true ? problem.value : null)
    })
    if (asked.ok) await this.health.reachable(accountId)
    else if (asked.error.kind === 'auth') await this.health.authFailed(accountId, asked.error.message)
    else if (asked.error.kind === 'connectivity') await this.health.unreachable(accountId, asked.error.message)
    return asked.ok ? asked.value : null
  }

  /** A key that cannot be read about leaves what was known; the account itself has answered. */
  private async noteKey(accountId: string, session: BrokerSession): Promise<void> {
    const facts = await session.keyFacts()
    if (facts.ok) await this.accounts.noteKey(accountId, facts.value)
  }

  async execute<Value>(accountId: string, question: (session: BrokerSession) => Answer<Value>): Answer<Value> {
    const known = this.sessions.known(accountId)
    if (known !== undefined) return question(known.session)
    const unsealed = await this.accounts.unsealOne(accountId)
    if (unsealed === 'keys-unavailable') return err(brokerError.notSent('the master keys are out of reach'))
    if (unsealed === undefined) return err(brokerError.authFailed('the account is not connected any more'))
    const { venue, environment } = unsealed.account
    const probed = await this.sessions.probe(venue, environment, unsealed.credentials)
    if (!probed.ok) return probed
    try {
      return await question(probed.value)
    } finally {
      await probed.value.close()
    }
  }
}

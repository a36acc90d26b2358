/**
 * Asks a venue whether an account may be connected: its balance, what its key may do, its settings, the instruments of its server.
 * Called by connect-accounts. Must never leave a session open that it refuses.
 */
import { Injectable } from '@nestjs/common'
import type { BrokerSession, VenueBalance } from '@tradewire/broker-kit/broker-session'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { brokersErrors, refusalOfProbe } from '#brokers.errors'
import type { AccountKey, Place } from '#domain/account/account'
import { Sessions } from '#ports/sessions.port'
import { AgreeInstruments } from '../agree-instruments/agree-instruments.use-case.ts'

interface Facts {
  readonly balance: VenueBalance | null
  readonly key: AccountKey
}

export interface CheckedAccount extends Facts {
  /** The session that the check was made with; the caller closes it. */
  readonly session: BrokerSession
}

@Injectable()
export class CheckAccount {
  constructor(
    private readonly sessions: Sessions,
    private readonly instruments: AgreeInstruments,
  ) {}

  async execute(place: Place, credentials: Record<string, string>): Promise<Result<CheckedAccount, CodedError>> {
    const probed = await this.sessions.probe(place.venue, place.environment, credentials)
    if (!probed.ok) return err(refusalOfProbe(probed.error))
    const session = probed.value
    const checked = await this.ask(place, session).catch(async (error: unknown) => {
      await session.close()
      throw error
    })
    if (!checked.ok) await session.close()
    return checked
  }

  private async ask(place: Place, session: BrokerSession): Promise<Result<CheckedAccount, CodedError>> {
    const facts = await factsOf(session)
    if (!facts.ok) return facts
    const agreed = await this.instruments.execute(place, session)
    return agreed.ok ? ok({ session, ...facts.value }) : agreed
  }
}

/** The balance first: it is what a wrong key cannot read. */
async function factsOf(session: BrokerSession): Promise<Result<Facts, CodedError>> {
  const balances = await session.balances()
  if (!balances.ok) return err(refusalOfProbe(balances.error))
  const facts = await session.keyFacts()
  if (!facts.ok) return err(refusalOfProbe(facts.error))
  const { mayWithdraw, ipBound, expiresAt } = facts.value
  if (mayWithdraw) return err(brokersErrors.of('ACCOUNT_CAN_WITHDRAW'))
  const problem = (await session.settingsProblem?.()) ?? ok(null)
  if (!problem.ok) return err(refusalOfProbe(problem.error))
  if (problem.value !== null) return err(brokersErrors.of('ACCOUNT_SETTINGS_UNSUITABLE', { setting: problem.value }))
  return ok({ balance: balances.value[0] ?? null, key: { ipBound, expiresAt } })
}

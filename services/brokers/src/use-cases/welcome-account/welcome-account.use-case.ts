/**
 * What follows when an account has been connected: its balance, its venue's instruments, its session.
 * Called by connect-accounts. Must never hold the answer to the user up.
 */
// tidy-allow ratchet-use-case-methods: the time of the connection belongs to the welcome
import { Injectable } from '@nestjs/common'
import type { BrokerSession, VenueBalance } from '@tradewire/broker-kit/broker-session'
import { Sessions } from '#ports/sessions.port'
import type { Account } from '#domain/account/account'
import { Desk } from '#domain/sending/desk'
import { DatabaseTime } from '#ports/database-time.port'
import { AnnounceInstruments } from '../announce-instruments/announce-instruments.use-case.ts'
import { KeepBalances } from '../keep-balances/keep-balances.use-case.ts'

interface Arrival {
  readonly credentials: Record<string, string>
  /** The session that the check was made with. */
  readonly session: BrokerSession
  readonly balance: VenueBalance | null
}

@Injectable()
export class WelcomeAccount {
  constructor(
    private readonly desk: Desk,
    private readonly sessions: Sessions,
    private readonly balances: KeepBalances,
    private readonly instruments: AnnounceInstruments,
    private readonly time: DatabaseTime,
  ) {}

  now(): Date {
    return this.time.now()
  }

  execute(account: Account, { credentials, session, balance }: Arrival): void {
    if (balance !== null) this.balances.told(account.id, balance)
    void this.instruments.execute(account, session).finally(() => void session.close())
    // Another process may hold the partition: it finds the account with its next beat.
    if (this.desk.heldPartition(account.partition) !== undefined)
      void this.sessions.adopt({ account, credentials, leverages: [] })
  }
}

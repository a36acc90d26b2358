/**
 * The terminal of one account: found or made by login, password and server, started when it is not. Called by the session.
 * Must never make two terminals for the same login, keep the password longer than the session lives, nor let anybody
 * take up an account behind a shared token who has not shown its password.
 */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import * as brokerError from '@tradewire/broker-kit/broker-error'
import type { Clock } from '@tradewire/kernel/clock'
import { err, ok } from '@tradewire/kernel/result'
import type { Door } from '#clients/venue-doors.client'
import type { Answer, MetaapiApi } from './metaapi-api.client.ts'
import { type CloudAccount, cloudAccount, cloudAccounts, createdAccount } from './metaapi-records.wire.ts'

export interface Login {
  readonly token: string
  /** The token is the platform's: accounts of many people stand behind it. */
  readonly shared: boolean
  readonly accountId: string | undefined
  readonly login: string | undefined
  readonly password: string | undefined
  readonly server: string | undefined
  readonly platform: 'mt5'
}

const base = '/users/current/accounts'
/** A person waits for this answer; making a terminal may take minutes and goes on where it was. */
const waitMostMs = 8_000
const pollMs = 300
const transactionCharacters = 32
const proofName = 'tradewire'
const magic = 0
const stopped = new Set(['CREATED', 'UNDEPLOYED', 'UNDEPLOY_FAILED', 'DEPLOY_FAILED', 'DRAFT'])
const ending = new Set(['DELETING', 'DELETE_FAILED'])

export class MetaapiProvisioning {
  constructor(
    private readonly api: MetaapiApi,
    private readonly door: Door,
    private readonly clock: Clock,
    private readonly login: Login,
  ) {}

  /** The account with its terminal up and connected to its broker. */
  async terminal(): Answer<CloudAccount> {
    const endMs = this.clock.monotonicMs() + waitMostMs
    const id = await this.accountId(endMs)
    if (!id.ok) return id
    let asked = false
    for (;;) {
      const account = await this.accountOf(id.value)
      if (!account.ok) return account
      const { state, connectionStatus } = account.value
      if (state === 'DEPLOYED' && connectionStatus === 'CONNECTED') return account
      if (stopped.has(state) && !asked) {
        asked = true
        const deployed = await this.api.command(this.door, { method: 'POST', path: `${base}/${id.value}/deploy` })
        if (!deployed.ok) return deployed
      }
      if (this.clock.monotonicMs() >= endMs) {
        return err(brokerError.connectivity(`the terminal is ${state}, ${connectionStatus ?? 'not connected'}`))
      }
      await delay(pollMs)
    }
  }

  private async accountOf(id: string): Answer<CloudAccount> {
    const path = `${base}/${encodeURIComponent(id)}`
    const account = await this.api.read(this.door, { method: 'GET', path }, cloudAccount)
    const unknown = !account.ok && account.error.kind === 'rejected'
    return unknown ? err(brokerError.authFailed('the token has no such account')) : account
  }

  private async accountId(endMs: number): Answer<string> {
    const { accountId, login, server } = this.login
    const byLogin = login !== undefined && server !== undefined
    if (accountId !== undefined && !byLogin) return ok(accountId)
    if (accountId !== undefined) {
      const named = await this.accountOf(accountId)
      if (named.ok && this.mayTake(named.value)) return ok(named.value._id)
      if (!named.ok && named.error.kind !== 'auth') return named
    }
    if (login === undefined || server === undefined) return err(brokerError.authFailed('login and server are missing'))
    const path = `${base}?query=${encodeURIComponent(login)}&limit=1000`
    const listed = await this.api.read(this.door, { method: 'GET', path }, cloudAccounts)
    if (!listed.ok) return listed
    const known = listed.value
      .flatMap((each) => cloudAccount.safeParse(each).data ?? [])
      .find((each) => this.isOf(each) && this.mayTake(each))
    return known === undefined ? this.create(endMs) : ok(known._id)
  }

  private isOf({ login, server, state }: CloudAccount): boolean {
    return login === this.login.login && server === this.login.server && !ending.has(state)
  }

  /** Behind the platform's token what was made with another password is not ours; the broker judges a new one. */
  private mayTake(account: CloudAccount): boolean {
    return !this.login.shared || (this.isOf(account) && account.metadata?.[proofName] === this.proof())
  }

  /** Names one set of credentials without showing it. */
  private proof(): string {
    const { token, login = '', password = '', server = '', platform } = this.login
    const text = JSON.stringify([token, login, password, server, platform])
    return createHash('sha256').update(text).digest('hex').slice(0, transactionCharacters)
  }

  /** One transaction for one set of credentials, whatever fails in between: the venue makes one account of it. */
  private async create(endMs: number): Answer<string> {
    const { shared, login = '', password = '', server = '', platform } = this.login
    const proof = this.proof()
    const metadata = shared ? { metadata: { [proofName]: proof } } : {}
    const call = {
      method: 'POST',
      path: base,
      headers: { 'transaction-id': proof },
      body: JSON.stringify({ name: `Tradewire ${login}`, login, password, server, platform, magic, ...metadata }),
    } as const
    for (;;) {
      const done = await this.api.create(this.door, call, createdAccount)
      if (!done.ok) return done
      if ('created' in done.value) return ok(done.value.created.id)
      const { waitMs } = done.value
      if (this.clock.monotonicMs() + waitMs > endMs) {
        return err(brokerError.connectivity('MetaApi is still finding out the settings of the broker'))
      }
      await delay(waitMs)
    }
  }
}

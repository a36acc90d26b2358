/**
 * Connects broker accounts: form, owner, a question to the venue, sealed credentials, account.connected.
 * Called over RPC. Must never store credentials that the venue has not accepted.
 */
// tidy-allow ratchet-use-case-methods: one account and many take the same path
import { Injectable } from '@nestjs/common'
import type { BrokerError } from '@tradewire/broker-kit/broker-error'
import type { BrokerSession, VenueBalance } from '@tradewire/broker-kit/broker-session'
import { isOperator, type Caller } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type * as rpc from '@tradewire/contracts/rpc/brokers'
import { isSealed, purposeOf } from '@tradewire/contracts/sealed-credentials'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { brokersErrors, refusalOfKeys } from '#brokers.errors'
import { Sessions } from '#ports/sessions.port'
import type { Account, AccountKey, NewAccount } from '#domain/account'
import { keyHintOf } from '#domain/key-hint'
import { Accounts } from '#ports/accounts.port'
import { Brokers } from '#ports/brokers.port'
import { CredentialBoxes } from '#ports/credential-boxes.port'
import { WelcomeAccount } from '../welcome-account/welcome-account.use-case.ts'

type Input = RequestOf<typeof rpc.connectAccount>['account']

/** What the venue has accepted. */
interface Accepted {
  readonly userId: string
  readonly credentials: Record<string, string>
  readonly key: AccountKey
}

const connectsAtOnceMax = 20

@Injectable()
export class ConnectAccounts {
  constructor(
    private readonly stores: Accounts,
    private readonly sessions: Sessions,
    private readonly brokers: Brokers,
    private readonly boxes: CredentialBoxes,
    private readonly welcome: WelcomeAccount,
  ) {}

  async execute(request: RequestOf<typeof rpc.connectAccount>): Promise<Result<Account, CodedError>> {
    const [result] = await this.connectAll(request.caller, [request.account])
    return result ?? err(brokersErrors.of('ACCOUNT_VENUE_UNREACHABLE'))
  }

  /** One outcome per account, in order. */
  async connectAll(caller: Caller, inputs: readonly Input[]): Promise<Result<Account, CodedError>[]> {
    const results: Result<Account, CodedError>[] = []
    const queue = inputs.map((input, index) => ({ input, index }))
    const worker = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        results[next.index] = await this.connect(caller, next.input).catch((error: unknown) =>
          err(refusalOfKeys(error)),
        )
      }
    }
    await Promise.all(Array.from({ length: Math.min(connectsAtOnceMax, inputs.length) }, worker))
    return results
  }

  private async connect(caller: Caller, input: Input): Promise<Result<Account, CodedError>> {
    const userId = input.userId ?? caller.userId
    if (userId !== caller.userId && !isOperator(caller)) return err(brokersErrors.of('ACCOUNT_OWNER_FORBIDDEN'))
    const given = isSealed(input.credentials)
      ? await this.boxes.open(input.credentials, purposeOf(caller, input))
      : null
    if (given === null) return err(brokersErrors.of('ACCOUNT_CREDENTIALS_NOT_SEALED'))
    const parsed = this.brokers.of(input.venue).credentials.safeParse(given)
    if (!parsed.success) {
      // Field names only: a message could quote what was typed.
      const fields = parsed.error.issues.map(({ path, code }) =>
        code === 'unrecognized_keys' ? 'unknown field' : path.join('.'),
      )
      return err(brokersErrors.of('ACCOUNT_CREDENTIALS_INVALID', { fields: [...new Set(fields)] }))
    }
    const credentials = parsed.data as Record<string, string>
    const probed = await this.sessions.probe(input.venue, input.environment, credentials)
    if (!probed.ok) return err(refusalOfProbe(probed.error))
    const session = probed.value
    const checked = await checkSession(session)
    if (!checked.ok) {
      await session.close()
      return checked
    }
    const { balance, key } = checked.value
    const accepted = { userId, credentials, key }
    const stored = await this.store(input, accepted).catch((error: unknown) => err(refusalOfKeys(error)))
    if (!stored.ok) {
      await session.close()
      return stored
    }
    const account = stored.value
    this.welcome.execute(account, { credentials, session, balance })
    return ok(account)
  }

  /** Of the first field of the venue's form that is no secret. */
  private hintOf(venue: Input['venue'], credentials: Record<string, string>): string | null {
    const fields = Object.entries(this.brokers.of(venue).credentials.shape)
    const [open] = fields.flatMap(([name, field]) => (isSecret(field) ? [] : (credentials[name] ?? [])))
    return open === undefined ? null : keyHintOf(open)
  }

  private async store(input: Input, { userId, credentials, key }: Accepted): Promise<Result<Account, CodedError>> {
    const connectedAt = this.welcome.now()
    const account: NewAccount = {
      userId,
      venue: input.venue,
      environment: input.environment,
      label: input.label,
      keyHint: this.hintOf(input.venue, credentials),
      key,
      status: 'AUTHORIZED',
      reason: null,
      createdAt: connectedAt,
      changedAt: connectedAt,
    }
    const stored = await this.stores.connect(account, credentials)
    return stored.ok ? stored : err(brokersErrors.of('ACCOUNT_LIMIT_REACHED', { ...stored.error }))
  }
}

function isSecret(field: unknown): boolean {
  return (field as { readonly meta: () => { readonly secret?: unknown } | undefined }).meta()?.secret === true
}

interface Checked {
  readonly balance: VenueBalance | null
  readonly key: AccountKey
}

/** The balance first: it is what a wrong key cannot read. */
async function checkSession(session: BrokerSession): Promise<Result<Checked, CodedError>> {
  const balances = await session.balances()
  if (!balances.ok) return err(refusalOfProbe(balances.error))
  const facts = await session.keyFacts()
  if (!facts.ok) return err(refusalOfProbe(facts.error))
  const { mayWithdraw, ipBound, expiresAt } = facts.value
  if (mayWithdraw) return err(brokersErrors.of('ACCOUNT_CAN_WITHDRAW'))
  return ok({ balance: balances.value[0] ?? null, key: { ipBound, expiresAt } })
}

/** The answer to somebody who asked; the venue's words stay in its context. */
export function refusalOfProbe(error: BrokerError): CodedError {
  switch (error.kind) {
    case 'auth':
      return brokersErrors.of('ACCOUNT_CREDENTIALS_REFUSED', { venueMessage: error.message })
    case 'rate-limited':
      return brokersErrors.of('VENUE_RATE_LIMITED', { retryAfterMs: error.retryAfterMs })
    case 'unsupported':
      return brokersErrors.of('VENUE_UNSUPPORTED', { venueMessage: error.message })
    default:
      return brokersErrors.of('ACCOUNT_VENUE_UNREACHABLE', { venueMessage: error.message })
  }
}

/**
 * Connects broker accounts: form, owner, a question to the venue, sealed credentials, account.connected.
 * Called over RPC. Must never store credentials that the venue has not accepted.
 */
// tidy-allow ratchet-use-case-methods: one account and many take the same path
import { Injectable } from '@nestjs/common'
import { isOperator, type Caller } from '@tradewire/contracts/caller'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type * as rpc from '@tradewire/contracts/rpc/accounts'
import { isSealed, purposeOf } from '@tradewire/contracts/sealed-credentials'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { brokersErrors, refusalOfKeys } from '#brokers.errors'
import type { Account, AccountKey, NewAccount } from '#domain/account/account'
import { keyHintOf } from '#domain/account/key-hint'
import { environmentOf, lacksToken } from '#domain/account/platform-account'
import { Accounts } from '#ports/accounts.port'
import { Brokers } from '#ports/brokers.port'
import { CredentialBoxes } from '#ports/credential-boxes.port'
import { CheckAccount } from '../check-account/check-account.use-case.ts'
import { WelcomeAccount } from '../welcome-account/welcome-account.use-case.ts'

type Input = RequestOf<typeof rpc.connectAccount>['account']

/** With the environment that it is really for. */
type Placed = Omit<Input, 'environment'> & Pick<Account, 'environment'>

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
    private readonly check: CheckAccount,
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
    const platform = this.brokers.platformToken(input.venue)
    const place = { venue: input.venue, environment: environmentOf(input.environment, platform) }
    if (lacksToken(place, credentials, platform)) return err(brokersErrors.of('ACCOUNT_TOKEN_MISSING', { ...place }))
    const checked = await this.check.execute(place, credentials)
    if (!checked.ok) return checked
    const { session, balance, key } = checked.value
    const accepted = { userId, credentials, key }
    const stored = await this.store({ ...input, ...place }, accepted).catch((error: unknown) =>
      err(refusalOfKeys(error)),
    )
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

  private async store(input: Placed, { userId, credentials, key }: Accepted): Promise<Result<Account, CodedError>> {
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

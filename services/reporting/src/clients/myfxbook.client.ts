/**
 * MyFxBook's REST API: log in, read the accounts of the login, log out. Called through the OutsideAccounts port.
 * Must never log an address with its query, which carries the password, nor ask a page that a user names.
 */
import { Injectable } from '@nestjs/common'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { request } from 'undici'
import { z } from 'zod'
import type { ReportingConfig } from '../config.ts'
import type { OutsideAccount } from '../domain/verification.ts'
import { OutsideAccounts } from '../ports/outside-accounts.port.ts'

const answerWithinMs = 8_000

const envelope = z.object({ error: z.boolean(), message: z.string().default('') })
const login = envelope.extend({ session: z.string().min(1) })
/** Some numbers come as text. */
const figure = z
  .union([z.number(), z.string().trim()])
  .transform(String)
  .pipe(z.string().regex(/^-?\d+(\.\d+)?$/))
const accounts = envelope.extend({
  accounts: z.array(
    z.object({ id: z.number(), gain: figure, monthly: figure, drawdown: figure, profitFactor: figure.nullish() }),
  ),
})

@Injectable()
export class MyfxbookClient extends OutsideAccounts {
  constructor(@InjectConfig() private readonly config: ReportingConfig) {
    super()
  }

  override get asked(): boolean {
    return this.config.myfxbookEmail !== undefined && this.config.myfxbookPassword !== undefined
  }

  async list(): Promise<Result<readonly OutsideAccount[], string>> {
    const { myfxbookEmail: email = '', myfxbookPassword: password = '' } = this.config
    const entered = await this.call('login', { email, password }, login)
    if (!entered.ok) return entered
    const session = openText(entered.value.session)
    const seen = await this.call('get-my-accounts', { session }, accounts)
    // A session lives until it is ended, whatever came of it.
    await this.call('logout', { session }, envelope)
    return seen.ok ? ok(seen.value.accounts.map(toAccount)) : seen
  }

  private async call<Reply extends typeof envelope>(
    method: string,
    query: Readonly<Record<string, string>>,
    reply: Reply,
  ): Promise<Result<z.output<Reply>, string>> {
    try {
      const url = `${this.config.myfxbookUrl.replace(/\/$/, '')}/${method}.json?${new URLSearchParams(query).toString()}`
      const answer = await request(url, { method: 'GET', signal: AbortSignal.timeout(answerWithinMs) })
      const said: unknown = await answer.body.json()
      const failure = envelope.safeParse(said)
      if (!failure.success || failure.data.error) return err(`${method}: ${failure.data?.message ?? 'unreadable'}`)
      const parsed = reply.safeParse(said)
      return parsed.success ? ok(parsed.data) : err(`${method}: an answer in another form`)
    } catch (error) {
      return err(`${method}: ${error instanceof Error ? error.name : 'no answer'}`)
    }
  }
}

/** Sessions often come percent-encoded already. */
function openText(session: string): string {
  try {
    return decodeURIComponent(session)
  } catch {
    return session
  }
}

/** Its drawdown is above zero, ours never. */
function toAccount({ id, gain, monthly, drawdown, profitFactor }: z.output<typeof accounts>['accounts'][number]) {
  const figures = {
    totalReturnPercent: gain,
    monthlyReturnPercent: monthly,
    maximumDrawdownPercent: Number(drawdown) === 0 ? '0' : `-${drawdown.replace(/^-/, '')}`,
    profitFactor: profitFactor ?? null,
  }
  return { id, figures }
}

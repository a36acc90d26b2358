/**
 * Answers a request that carries an idempotency key once: whoever asks again gets the stored reply (rule R20).
 * Called by the answerer. Must never run the same request beside itself, nor forget a reply before its time.
 *
 * The effect is not in this table's transaction but remembered where it happens, in its own: the id of the request is the
 * payment's, or the signal's dedupe key. So a process that dies between effect and reply leaves no second effect behind.
 */
import type { Database } from '@tradewire/database/database'
import type { CodedError, ErrorKind } from '@tradewire/kernel/errors'
import { err, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { busErrors } from '../bus.errors.ts'
import { rpcReply } from './rpc-wire.ts'

/** Who asks, what and with which key, as one digest; and a digest of all that was sent. */
export const requestKey = z.strictObject({ id: z.uuid(), body: z.uuid() })
export type RequestKey = z.output<typeof requestKey>

/** Longer than any deadline: what is claimed longer belongs to a process that has died. */
const claimSeconds = 60
/** As long as signals recognise a request by its id. */
export const requestKeepSeconds = 86_400

/** Nothing is known of the outcome, or nothing was done: the same key may try again. */
const transient: ReadonlySet<ErrorKind> = new Set(['unavailable', 'unknown', 'rate-limited'])

const CLAIM = `
insert into idempotent_request (id, body, claimed_until)
values ($1, $2, clock_timestamp() + interval '${claimSeconds} seconds')
on conflict (id) do update set claimed_until = excluded.claimed_until, generation = idempotent_request.generation + 1
where idempotent_request.reply is null and idempotent_request.body = excluded.body
  and idempotent_request.claimed_until <= clock_timestamp()
returning generation`

const FREE = `update idempotent_request set claimed_until = clock_timestamp()
where id = $1 and generation = $2 and reply is null`

type Answer = Result<unknown, CodedError>

export class IdempotentRequests {
  private readonly database: Database

  constructor(database: Database) {
    this.database = database
  }

  /** The reply of `work`, or the stored one, or REQUEST_IN_FLIGHT, or IDEMPOTENCY_KEY_REUSED. */
  async once({ id, body }: RequestKey, work: () => Promise<Answer>): Promise<Answer> {
    const [claimed] = await this.database.query<{ generation: number }>(CLAIM, [id, body])
    if (claimed === undefined) return this.known({ id, body })
    const mine = [id, claimed.generation]
    try {
      const answer = await work()
      if (!answer.ok && transient.has(answer.error.kind)) await this.database.query(FREE, mine)
      else await this.keep(mine, answer)
      return answer
    } catch (error) {
      await this.database.query(FREE, mine)
      throw error
    }
  }

  private async known({ id, body }: RequestKey): Promise<Answer> {
    const [row] = await this.database.query<{ body: string; reply: string | null }>(
      'select body, reply from idempotent_request where id = $1',
      [id],
    )
    if (row !== undefined && row.body !== body) return err(busErrors.of('IDEMPOTENCY_KEY_REUSED'))
    if (row === undefined || row.reply === null) return err(busErrors.of('REQUEST_IN_FLIGHT'))
    return rpcReply.parse(JSON.parse(row.reply))
  }

  private async keep(mine: readonly unknown[], answer: Answer): Promise<void> {
    await this.database.query('update idempotent_request set reply = $3 where id = $1 and generation = $2', [
      ...mine,
      JSON.stringify(answer),
    ])
  }
}

export async function pruneRequests(database: Database, rows: number): Promise<number> {
  const [gone] = await database.query<{ rows: number }>(
    `with gone as (
       delete from idempotent_request where ctid = any (array(
         select ctid from idempotent_request
         where begun_at < clock_timestamp() - interval '${requestKeepSeconds} seconds' limit $1))
       returning 1
     ) select count(*)::int as rows from gone`,
    [rows],
  )
  return gone?.rows ?? 0
}

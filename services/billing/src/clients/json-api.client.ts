/**
 * A provider's REST API in JSON, for providers whose own clients cannot be pointed elsewhere or do not exist.
 * Called by their clients. Must never repeat a write: what is not known to have failed may have been done.
 */
import { err, ok, type Result } from '@tradewire/kernel/result'
import { request } from 'undici'
import type { z } from 'zod'
import type { ProviderFailure } from '../ports/payment-provider.port.ts'

const answerWithinMs = 8_000
const detailCharactersMax = 300

export interface JsonApiOptions {
  readonly url: string
  readonly authorization: string
}

export interface JsonCall<Reply extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH'
  readonly path: string
  readonly body?: object
  /** Beside those that every call has. */
  readonly headers?: Readonly<Record<string, string>>
  readonly reply: Reply
}

export class JsonApi {
  private readonly options: JsonApiOptions

  constructor(options: JsonApiOptions) {
    this.options = options
  }

  /** Fails as `refused` for 4xx but 429, else as `unavailable` for reads and `unknown` for writes. */
  async call<Reply extends z.ZodType>({
    method,
    path,
    body,
    headers,
    reply,
  }: JsonCall<Reply>): Promise<Result<z.output<Reply>, ProviderFailure>> {
    const open = method === 'GET' ? ('unavailable' as const) : ('unknown' as const)
    try {
      const answer = await request(`${this.options.url.replace(/\/$/, '')}${path}`, {
        method,
        headers: { authorization: this.options.authorization, 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(answerWithinMs),
      })
      const text = await answer.body.text()
      if (answer.statusCode >= 300) {
        const detail = `${answer.statusCode} ${text.slice(0, detailCharactersMax)}`
        if (answer.statusCode === 429) return err({ kind: 'unavailable', detail })
        return err({ kind: answer.statusCode < 500 ? 'refused' : open, detail })
      }
      const parsed = reply.safeParse(JSON.parse(text))
      return parsed.success
        ? ok(parsed.data)
        : err({ kind: open, detail: `an answer in another form: ${parsed.error.message}` })
    } catch (error) {
      return err({ kind: open, detail: error instanceof Error ? error.message : 'no answer' })
    }
  }
}

/**
 * Speaks the control API of a running paper venue. Called by the `paper` commands.
 * Must never be used by services: the control API is no venue protocol.
 */
import { environment } from '@tradewire/config/environment'
import { controlErrorReply } from '@tradewire/contracts/paper/control'
import type { z } from 'zod'
import { commandIn } from '../home/command-in.ts'
import type { Home } from '../home/home.ts'
import { detailText, exitCodes, LauncherError } from '../terminal/launcher-error.ts'
import { readEndpoints } from '../up/endpoints.ts'

export interface ControlRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Below /control, such as /accounts. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | undefined>>
  readonly body?: unknown
}

function reasonOf({ code, message, details }: z.output<typeof controlErrorReply>['error']): string {
  return `${code}: ${message}${detailText(details)}`
}

const answerWithinMs = 30_000
const noContentStatus = 204

export class ControlClient {
  private readonly base: string

  private constructor(base: string) {
    this.base = base
  }

  static at(url: string): ControlClient {
    return new ControlClient(url.replace(/\/$/, ''))
  }

  /** The venue of a running home, or the one at the given control URL. */
  static async of(home: Home, url: string | undefined): Promise<ControlClient> {
    if (url !== undefined) return ControlClient.at(url)
    const { paper } = await readEndpoints(home)
    if (paper !== undefined) return new ControlClient(paper.control)
    throw new LauncherError(
      `no paper venue runs in ${home.root}`,
      commandIn(home, 'up --services all'),
      exitCodes.notRunning,
    )
  }

  async ask<Schema extends z.ZodType>(request: ControlRequest, reply: Schema): Promise<z.output<Schema>> {
    const response = await this.send(request)
    const content: unknown =
      response.status === noContentStatus ? undefined : await response.json().catch(() => undefined)
    if (response.ok) return reply.parse(content)
    const known = controlErrorReply.safeParse(content)
    const reason = known.success ? reasonOf(known.data.error) : `HTTP ${response.status}`
    throw new LauncherError(`the paper venue refused: ${reason}`)
  }

  private async send({ method, path, query = {}, body }: ControlRequest): Promise<Response> {
    const url = new URL(`${this.base}${path}`)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
    const token = environment()['PAPER_CONTROL_TOKEN']
    const headers = {
      ...(token ? { authorization: `Bearer ${token}` } : {}),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    try {
      return await fetch(url, { method, headers, ...content, signal: AbortSignal.timeout(answerWithinMs) })
    } catch {
      throw new LauncherError(
        `the paper venue at ${this.base} does not answer`,
        './tradewire status',
        exitCodes.notRunning,
      )
    }
  }
}

/**
 * Whether the gateway's memory stays flat: all kinds of requests, many of them, and what is kept in between.
 * Called by `bench gateway`. Must never call memory flat of which it has seen no load.
 */
import { randomUUID } from 'node:crypto'
import { Pool } from 'undici'
import type { BenchChild } from '../kit/child.ts'
import { nowMs } from '../kit/clock.ts'

export interface SteadyLoad {
  readonly url: string
  readonly authorization: string
  readonly requests: number
  readonly endsAfterMs: number
}

/** At one of the looks, which are evenly spread over the load, or over its time when that is too short for it. */
export interface Look {
  readonly requests: number
  readonly rssBytes: number
  /** JavaScript heap in use after a full collection: what is really kept. */
  readonly heapBytes: number
}

interface Kind {
  readonly status: number
  readonly method?: 'GET' | 'POST'
  /** Ids and tokens differ from request to request, as those of many callers do. */
  readonly make: (authorization: string) => { readonly path: string; readonly headers: Record<string, string> }
}

const connections = 64
const looks = 10
const bearer = (authorization: string): Record<string, string> => ({ authorization })
const wrongKey = (): Record<string, string> => ({ authorization: `Bearer tw_${randomUUID()}` })

/** The services that would answer the second half are not there: what is held for a question must go with its refusal. */
const kinds: readonly Kind[] = [
  { status: 200, make: (own) => ({ path: '/v1/users/me', headers: bearer(own) }) },
  { status: 200, make: (own) => ({ path: '/v1/sessions', headers: bearer(own) }) },
  { status: 400, make: (own) => ({ path: '/v1/users?limit=0', headers: bearer(own) }) },
  { status: 401, make: () => ({ path: `/v1/orders/${randomUUID()}`, headers: {} }) },
  { status: 401, make: () => ({ path: '/v1/users/me', headers: wrongKey() }) },
  { status: 404, make: (own) => ({ path: `/v1/${randomUUID()}`, headers: bearer(own) }) },
  { status: 503, make: (own) => ({ path: `/v1/orders/${randomUUID()}`, headers: bearer(own) }) },
  { status: 503, method: 'POST', make: () => ({ path: '/v1/webhook/strategy', headers: {} }) },
]

/** What memory was after each part of the load, from the first look on. A part ends when its share of the time is over. */
export async function watchMemory(
  gateway: BenchChild,
  load: SteadyLoad,
  progress: (text: string) => void,
): Promise<Look[]> {
  const pool = new Pool(load.url, { connections, pipelining: 1 })
  const beganMs = nowMs()
  const seen: Look[] = []
  let sent = 0
  try {
    for (let part = 1; part <= looks; part += 1) {
      const wanted = Math.round((load.requests * part) / looks)
      const untilMs = beganMs + (load.endsAfterMs * part) / looks
      const work = async (): Promise<void> => {
        while (sent < wanted && nowMs() < untilMs) await ask(pool, kinds[sent++ % kinds.length]!, load.authorization)
      }
      await Promise.all(Array.from({ length: connections }, work))
      const { rssBytes } = gateway.usage()
      const { heapUsed } = await gateway.call<NodeJS.MemoryUsage>('heap')
      seen.push({ requests: sent, rssBytes, heapBytes: heapUsed })
      progress(`memory: ${sent} of ${load.requests} requests`)
    }
  } finally {
    await pool.close()
  }
  return seen
}

async function ask(pool: Pool, { status, method = 'GET', make }: Kind, authorization: string): Promise<void> {
  const { path, headers } = make(authorization)
  const answer = await pool.request({ method, path, headers, ...(method === 'POST' && { body: '{}' }) })
  await answer.body.dump()
  if (answer.statusCode !== status) throw new Error(`${path} was answered ${answer.statusCode}`)
}

/**
 * Sends requests with wrong turns to a running system and judges every answer by the route's own contract (rule R25).
 * Called by the command and by an e2e spec. Must only be pointed at a system that holds nothing of value.
 */
import type { RouteContract } from '@tradewire/contracts/define-route'
import { SeededRandomness } from '@tradewire/kernel/randomness'
import { request } from 'undici'
import { z } from 'zod'
import { type FuzzRequest, RequestMaker } from './requests.ts'

export interface FuzzTarget {
  readonly url: string
  /** An access token; another one when the one before was refused. */
  token(renewed: boolean): Promise<string>
}

export interface FuzzResult {
  readonly cases: number
  /** An answer of 500 or above. */
  readonly serverErrors: number
  /** A reply or refusal that is not of the documented shape. */
  readonly schemaMismatches: number
  /** A request that its contract refuses, carried out all the same. */
  readonly illegalChanges: number
  readonly statuses: Readonly<Record<string, number>>
  readonly findings: readonly string[]
}

const findingsMax = 50
const bodyShownChars = 400
/** Requests under way at once. */
const parallel = 12
const unavailableRetriesMax = 5
const unavailableWaitMs = 200

const ownRefusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
const otherRefusal = z.union([
  z.object({ message: z.string() }),
  z.object({ error: z.string() }),
  z.object({ errors: z.array(z.object({ msg: z.string(), param: z.string() })) }),
])

interface Judged {
  readonly kind: 'serverErrors' | 'schemaMismatches' | 'illegalChanges'
  readonly text: string
}

export interface FuzzOptions {
  readonly cases: number
  readonly seed: number
  readonly progress: (line: string) => void
  readonly wait: (ms: number) => Promise<void>
}

export async function runFuzz(
  target: FuzzTarget,
  routes: readonly RouteContract[],
  { cases, seed, progress, wait }: FuzzOptions,
): Promise<FuzzResult> {
  const maker = new RequestMaker(routes, new SeededRandomness(seed))
  const counts = { serverErrors: 0, schemaMismatches: 0, illegalChanges: 0 }
  const statuses: Record<string, number> = {}
  const findings: string[] = []
  let sent = 0
  const worker = async (): Promise<void> => {
    while (sent < cases) {
      sent += 1
      const asked = maker.next()
      const answer = await send(target, asked, wait)
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1
      const judged = judge(asked, answer)
      if (answer.status < 300) maker.learn(answer.body)
      if (judged !== null) {
        counts[judged.kind] += 1
        if (findings.length < findingsMax) findings.push(describe(asked, answer, judged))
      }
      if (sent % 100 === 0) progress(`${sent} of ${cases} requests, ${findings.length} findings`)
    }
  }
  await Promise.all(Array.from({ length: parallel }, worker))
  return { cases: sent, ...counts, statuses, findings }
}

interface Answer {
  readonly status: number
  readonly text: string
  /** Undefined when the text is no JSON. */
  readonly body: unknown
}

/** 503 says that nothing is known to be wrong with the request: it is sent again, as a client would. */
async function send(target: FuzzTarget, asked: FuzzRequest, wait: FuzzOptions['wait']): Promise<Answer> {
  let refused = false
  for (let retry = 0; ; retry += 1) {
    const answer = await sendOnce(target, asked, refused)
    refused = !asked.anonymous && answer.status === 401 && retry === 0
    if (refused) continue
    const code = (answer.body as { readonly error?: { readonly code?: unknown } } | undefined)?.error?.code
    const again = answer.status === 503 && code !== 'ANSWER_FAILED' && retry < unavailableRetriesMax
    if (!again) return answer
    await wait(unavailableWaitMs)
  }
}

async function sendOnce(target: FuzzTarget, asked: FuzzRequest, renewed: boolean): Promise<Answer> {
  const { route, path, contentType, body, anonymous } = asked
  const reply = await request(target.url + path, {
    method: route.method,
    headers: {
      ...(anonymous ? {} : { authorization: `Bearer ${await target.token(renewed)}` }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body }),
  })
  const text = await reply.body.text()
  return { status: reply.statusCode, text, body: jsonOf(text) }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function judge({ route, allowed, anonymous }: FuzzRequest, { status, text, body }: Answer): Judged | null {
  if (status >= 500) return { kind: 'serverErrors', text: `answered ${status}` }
  if (status >= 400) {
    const shape = route.form === 'admin' ? otherRefusal : ownRefusal
    return shape.safeParse(body).success
      ? null
      : { kind: 'schemaMismatches', text: `refused ${status} in another shape` }
  }
  if (!allowed) return { kind: 'illegalChanges', text: `a request that the contract refuses was answered ${status}` }
  if (anonymous && route.access !== 'public')
    return { kind: 'illegalChanges', text: `answered ${status} without a token` }
  if (status !== route.status) return { kind: 'schemaMismatches', text: `answered ${status}, not ${route.status}` }
  if (status === 204) return text === '' ? null : { kind: 'schemaMismatches', text: 'answered 204 with a body' }
  const parsed = route.reply.safeParse(body)
  return parsed.success ? null : { kind: 'schemaMismatches', text: z.prettifyError(parsed.error) }
}

function describe({ route, path, body }: FuzzRequest, { text }: Answer, judged: Judged): string {
  const sent = body === undefined ? '' : ` ${body.slice(0, bodyShownChars)}`
  return `${route.operation}: ${judged.text}\n  ${route.method} ${path}${sent}\n  ${text.slice(0, bodyShownChars)}`
}

/**
 * Posts alerts as fast as connections allow, or at a steady rate, and times each. Process of the bench.
 * Raw sockets and prepared bytes: what it costs must be small beside what it measures, and the same for both sides.
 */
import { connect, type Socket } from 'node:net'
import { nowMs } from './kit/clock.ts'
import { serve } from './kit/serve.ts'

export interface LoadPlan {
  readonly url: string
  /** The body is before + a number of fixed length + after, so that no two are equal. */
  readonly before: string
  readonly after: string
  readonly connections: number
  readonly durationMs: number
  /** Requests a second, sent on time however slow the answers are; 0: each connection sends when it is answered. */
  readonly perSecond: number
}

export interface LoadResult {
  readonly answered: number
  readonly failed: number
  readonly tookMs: number
  /** Sorted. */
  readonly latenciesMs: readonly number[]
}

const numberDigits = 12
let alerts = 0

class Sender {
  private readonly socket: Socket
  private readonly head: string
  private readonly plan: LoadPlan
  private text = ''
  private beganMs = 0
  private answer: (() => void) | undefined
  busy = false

  constructor(plan: LoadPlan, counted: (latencyMs: number, ok: boolean) => void) {
    this.plan = plan
    const { hostname, port, pathname, host } = new URL(plan.url)
    const length = Buffer.byteLength(plan.before + plan.after) + numberDigits
    this.head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true })
    this.socket.setEncoding('latin1')
    this.socket.on('data', (chunk: string) => {
      this.text += chunk
      const end = this.text.indexOf('\r\n\r\n')
      if (end < 0) return
      const body = /content-length: (\d+)/i.exec(this.text.slice(0, end))
      if (this.text.length < end + 4 + Number(body?.[1] ?? 0)) return
      const ok = this.text.startsWith('HTTP/1.1 20')
      this.text = ''
      this.busy = false
      counted(nowMs() - this.beganMs, ok)
      this.answer?.()
    })
  }

  /** `answer` runs when the answer is whole; the latency counts from `beganMs`, which may lie in the past. */
  send(beganMs: number, answer: () => void): void {
    this.busy = true
    this.beganMs = beganMs
    this.answer = answer
    alerts += 1
    const number = String(process.pid * 1e6 + alerts)
      .padStart(numberDigits, '0')
      .slice(-numberDigits)
    this.socket.write(this.head + this.plan.before + number + this.plan.after)
  }

  close(): void {
    this.socket.destroy()
  }
}

async function run(plan: LoadPlan): Promise<LoadResult> {
  const latenciesMs: number[] = []
  let failed = 0
  const senders = Array.from(
    { length: plan.connections },
    () =>
      new Sender(plan, (latencyMs, ok) => {
        if (ok) latenciesMs.push(latencyMs)
        else failed += 1
      }),
  )
  const beganMs = nowMs()
  await (plan.perSecond === 0 ? closedLoop(senders, plan.durationMs) : openLoop(senders, plan))
  const tookMs = nowMs() - beganMs
  for (const sender of senders) sender.close()
  latenciesMs.sort((left, right) => left - right)
  return { answered: latenciesMs.length, failed, tookMs, latenciesMs: thinned(latenciesMs) }
}

function closedLoop(senders: readonly Sender[], durationMs: number): Promise<void> {
  const untilMs = nowMs() + durationMs
  let open = senders.length
  return new Promise((resolve) => {
    for (const sender of senders) {
      const next = (): void => {
        if (nowMs() < untilMs) sender.send(nowMs(), next)
        else if (--open === 0) resolve()
      }
      next()
    }
  })
}

/** What is due is sent on the next free connection; waiting for one counts as latency. */
function openLoop(senders: readonly Sender[], plan: LoadPlan): Promise<void> {
  const beganMs = nowMs()
  const total = Math.round((plan.durationMs / 1_000) * plan.perSecond)
  const everyMs = 1_000 / plan.perSecond
  let sent = 0
  let answered = 0
  return new Promise((resolve) => {
    const done = (): void => {
      answered += 1
      if (answered === total) {
        clearInterval(timer)
        resolve()
      } else pump()
    }
    const pump = (): void => {
      while (sent < total && nowMs() >= beganMs + sent * everyMs) {
        const free = senders.find(({ busy }) => !busy)
        if (free === undefined) return
        free.send(beganMs + sent * everyMs, done)
        sent += 1
      }
    }
    const timer = setInterval(pump, 1)
  })
}

const latenciesMax = 5_000

/** Evenly picked, ends kept: percentiles stay what they are. */
function thinned(sorted: readonly number[]): number[] {
  if (sorted.length <= latenciesMax) return [...sorted]
  const step = (sorted.length - 1) / (latenciesMax - 1)
  return Array.from({ length: latenciesMax }, (_, index) => sorted[Math.round(index * step)]!)
}

serve({ run })

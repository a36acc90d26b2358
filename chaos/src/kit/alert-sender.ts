/**
 * Sends one alert as TradingView does: given up after three seconds, sent again after a 5xx other than 504 and after
 * nothing else. Called by scenarios that lose what takes alerts. Must never send again after any other answer.
 */
import { request } from 'undici'
import { momentAfter } from './moment.ts'

const patienceMs = 3_000
const resendAfterMs = 5_000
const resendsMax = 3

export interface AlertAnswer {
  readonly status: number
  readonly elapsedMs: number
  /** Of the signal, when it was taken. */
  readonly signalId: string | undefined
}

export async function postAlert(url: string, alert: object): Promise<AlertAnswer> {
  const startedMs = performance.now()
  const reply = await request(`${url}/v1/webhook/strategy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(alert),
    headersTimeout: patienceMs,
  })
  await reply.body.dump()
  const signalId = reply.headers['tradewire-signal-id']
  return {
    status: reply.statusCode,
    elapsedMs: performance.now() - startedMs,
    signalId: typeof signalId === 'string' ? signalId : undefined,
  }
}

/** Every answer, the last one included. */
export async function sendAsTradingView(url: string, alert: object): Promise<readonly AlertAnswer[]> {
  const answers: AlertAnswer[] = []
  for (let resend = 0; resend <= resendsMax; resend += 1) {
    if (resend > 0) await momentAfter(resendAfterMs)
    const answer = await postAlert(url, alert)
    answers.push(answer)
    if (answer.status < 500 || answer.status === 504) break
  }
  return answers
}

/** Posts one alert over a kept-alive connection and times it. Called by the measures. */
import { Agent, request } from 'undici'
import { nowMs } from './clock.ts'

const keepAliveTimeoutMs = 600_000
const agent = new Agent({ keepAliveTimeout: keepAliveTimeoutMs })

/** When the post began, on the machine's monotonic clock. */
export async function postAlert(url: string, body: string): Promise<number> {
  const beganMs = nowMs()
  const { statusCode, body: reply } = await request(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    dispatcher: agent,
  })
  const text = await reply.text()
  if (statusCode !== 200 && statusCode !== 202) throw new Error(`an alert was answered ${statusCode}: ${text}`)
  return beganMs
}

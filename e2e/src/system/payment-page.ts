/** A payer at the page of the mock provider. Called by specs in which somebody pays. Must never succeed unless the page says so. */
import { request } from 'undici'

/** The page is reached through this gateway, wherever its address says it is. */
export async function payAtPage(
  gateway: string,
  paymentUrl: string,
  outcome: 'succeeded' | 'failed' = 'succeeded',
): Promise<void> {
  const answer = await request(gateway + new URL(paymentUrl).pathname, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `outcome=${outcome}`,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`the payment page answered ${answer.statusCode}: ${text}`)
}

/**
 * What a spec orders of the paper service's providers, and the moment when billing has worked on what they told.
 * Called by the specs of billing. Must never look into a provider by another way than its control API.
 */
import { RunBilling } from '@tradewire/billing/use-cases/run-billing/run-billing.use-case'
import { eventually } from '@tradewire/testkit/eventually'
import type { TestService } from '@tradewire/testkit/start-test-service'
import type { TestBackends } from '@tradewire/testkit/test-backends'
import { request } from 'undici'

/** Throws when the paper service refuses it. */
export async function orderOf(paperUrl: string, provider: string, name: string, body: object): Promise<unknown> {
  const url = new URL(`/control/${provider}/${name}`, paperUrl)
  const answer = await request(url, { method: 'POST', body: JSON.stringify(body) })
  if (answer.statusCode !== 200) throw new Error(`${url.pathname}: ${answer.statusCode} ${await answer.body.text()}`)
  return answer.body.json()
}

/** Every told event was worked on at least once. */
export async function untilWorkedOn(billing: TestService, backends: Pick<TestBackends, 'query'>): Promise<void> {
  await billing.app.get(RunBilling).execute('events')
  await eventually(async () => {
    const waiting = "select 1 from billing.provider_event where state = 'waiting' and attempts = 0"
    return (await backends.query(waiting)).length === 0
  })
}

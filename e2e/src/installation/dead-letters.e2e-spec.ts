import { insertDeadLetters } from '@tradewire/bus/consume/dead-letters'
import { Database } from '@tradewire/database/database'
import { replayLetters, waitingLetters } from '@tradewire/launcher/dead-letters/dead-letters'
import { signalsService } from '@tradewire/signals/service'
import { startTestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { expect, it } from 'vitest'

const backends = testBackends({ nats: false })
const eventId = '01963a5e-0000-7000-8000-000000000001'

it('An operator sees what a service gave up on and hands it on, once', async () => {
  const signals = await startTestService(signalsService, backends, { nats: false })
  const letter = {
    consumer: 'signals-accounts',
    eventId,
    subject: 'account.connected',
    body: JSON.stringify({ events: [{ id: eventId }] }),
    trace: null,
    stream: 'account',
    streamSequence: 7,
    deliveries: 5,
    errorClass: 'Error',
    errorMessage: 'the account is not known',
  }
  await signals.app.get(Database).transact((tx) => insertDeadLetters(tx, [letter]))
  const waiting = await waitingLetters(backends.adminUrl, ['signals'])
  expect(waiting).toMatchObject([{ service: 'signals', eventId, errorMessage: 'the account is not known' }])
  expect(await replayLetters(backends.adminUrl, ['signals'], [waiting[0]!.id])).toEqual([
    { service: 'signals', letters: 1 },
  ])
  expect(await waitingLetters(backends.adminUrl, ['signals'])).toEqual([])
  expect(await replayLetters(backends.adminUrl, ['signals'], [])).toEqual([{ service: 'signals', letters: 0 }])
  const sent = await backends.query<{ body: string }>(`select body from signals.outbox where subject = $1`, [
    letter.subject,
  ])
  expect(sent.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { events: [{ id: eventId }], consumer: 'signals-accounts' },
  ])
})

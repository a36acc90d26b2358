import type { INestApplicationContext } from '@nestjs/common'
import { paymentDeliveryPath } from '@tradewire/contracts/http/billing'
import { Clock } from '@tradewire/kernel/clock'
import { LOGGER } from '@tradewire/nest-kit/tokens'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { ReceiveEvent } from '../../use-cases/receive-event/receive-event.use-case.ts'
import { serveDeliveries } from './provider-deliveries.controller.ts'

it('a delivery of a payment provider that could not be stored is told of in the log', async () => {
  const lines: unknown[] = []
  const broken = new Error('PostgreSQL is away')
  const provided = new Map<unknown, unknown>([
    [ReceiveEvent, { execute: () => Promise.reject(broken) }],
    [LOGGER, { error: (...line: unknown[]) => void lines.push(line) }],
    [Clock, new ManualClock()],
  ])
  const server = fastify()
  await serveDeliveries(server, { get: (token: unknown) => provided.get(token) } as INestApplicationContext)
  const send = () => server.inject({ method: 'POST', url: `${paymentDeliveryPath}/stripe`, payload: '{}' })
  expect([(await send()).statusCode, (await send()).statusCode]).toEqual([503, 503])
  expect(lines).toEqual([[{ error: broken, unsaid: 0 }, 'a delivery of a payment provider could not be stored']])
})

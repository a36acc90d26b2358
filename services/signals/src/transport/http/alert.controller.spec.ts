import type { INestApplicationContext } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { CONFIG, LOGGER } from '@tradewire/nest-kit/tokens'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { AcceptAlert } from '../../use-cases/accept-alert/accept-alert.use-case.ts'
import { serveAlerts } from './alert.controller.ts'

it('an alert that could not be taken for a reason that nobody expected is told of in the log', async () => {
  const lines: unknown[] = []
  const broken = new Error('a bug')
  const provided = new Map<unknown, unknown>([
    [AcceptAlert, { execute: () => Promise.reject(broken) }],
    [CONFIG, { alertBodyBytesMax: 1_000 }],
    [LOGGER, { error: (...line: unknown[]) => void lines.push(line) }],
    [Clock, new ManualClock()],
  ])
  const server = fastify()
  await serveAlerts(server, { get: (token: unknown) => provided.get(token) } as INestApplicationContext)
  const send = () => server.inject({ method: 'POST', url: '/v1/webhook/strategy', payload: '{}' })
  expect([(await send()).statusCode, (await send()).statusCode]).toEqual([503, 503])
  expect(lines).toEqual([[{ error: broken, unsaid: 0 }, 'an alert could not be taken']])
})

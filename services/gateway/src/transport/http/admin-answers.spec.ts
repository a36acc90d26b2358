import { adminRoutes } from '@tradewire/contracts/http/admin'
import type { CodedError, ErrorKind } from '@tradewire/kernel/errors'
import { fastify } from 'fastify'
import { expect, it } from 'vitest'
import { answerAdminRefusal } from './admin-answers.map.ts'

const keyBalance = adminRoutes.find(({ operation }) => operation === 'adminGetKeyBalance')!

async function answered(code: string, kind: ErrorKind, context: CodedError['context'] = {}) {
  const server = fastify()
  server.get('/', (_request, reply) => answerAdminRefusal(reply, { code, kind, message: 'No.', context }, keyBalance))
  const { statusCode, headers, body } = await server.inject('/')
  await server.close()
  return { status: statusCode, retryAfter: headers['retry-after'], body: JSON.parse(body) as unknown }
}

it('the admin surface refuses with the statuses and bodies of its document, and with no other field', async () => {
  const documented = { message: 'exchange API authorization failed' }
  expect(await answered('ACCOUNT_CREDENTIALS_REFUSED', 'refused')).toMatchObject({ status: 403, body: documented })
  expect(await answered('X', 'unauthenticated')).toMatchObject({ status: 401, body: { error: 'unauthorized' } })
  const whole = { errors: [{ msg: 'No.', param: '_error', location: 'body' }] }
  for (const kind of ['invalid', 'conflict', 'refused'] as const) {
    expect(await answered('X', kind)).toMatchObject({ status: 422, body: whole })
  }
  expect(await answered('X', 'forbidden')).toMatchObject({ status: 403, body: { message: 'No.' } })
  expect(await answered('X', 'not-found')).toMatchObject({ status: 404, body: { message: 'No.' } })
  const limited = await answered('X', 'rate-limited', { retryAfterSeconds: 7 })
  expect(limited).toEqual({ status: 429, retryAfter: '7', body: { message: 'No.' } })
  expect(await answered('X', 'unavailable')).toEqual({ status: 503, retryAfter: '2', body: { message: 'No.' } })
})

import fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { answerFile, fastifyPath } from './file-answers.map.ts'

describe('a file', () => {
  it('is sent byte for byte, under its name, as what it is', async () => {
    const app = fastify()
    const bytes = Buffer.from([0x25, 0x50, 0x44, 0x46, 0xff, 0x00])
    app.get(fastifyPath('/v1/invoices/{invoiceId}.pdf'), (request, reply) => {
      const { invoiceId } = request.params as { readonly invoiceId: string }
      return answerFile(reply, 'application/pdf', { name: `${invoiceId}.pdf`, base64: bytes.toString('base64') })
    })
    const answer = await app.inject('/v1/invoices/01963a5e-0000-7000-8000-00000000000f.pdf')
    expect(answer.rawPayload).toEqual(bytes)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/pdf',
      'content-disposition': 'attachment; filename="01963a5e-0000-7000-8000-00000000000f.pdf"',
      'x-content-type-options': 'nosniff',
    })
    expect((await app.inject('/v1/invoices/01963a5e-0000-7000-8000-00000000000f')).statusCode).toBe(404)
  })

  it('of text says which letters it has', async () => {
    const app = fastify()
    app.get('/table', (_request, reply) =>
      answerFile(reply, 'text/csv', { name: 'a.csv', base64: Buffer.from('ä').toString('base64') }),
    )
    const answer = await app.inject('/table')
    expect([answer.headers['content-type'], answer.body]).toEqual(['text/csv; charset=utf-8', 'ä'])
  })
})

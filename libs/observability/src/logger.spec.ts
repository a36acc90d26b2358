import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'
import { isSecretKey, redactObject, redactText } from './redaction.ts'

function logged(work: (logger: ReturnType<typeof createLogger>) => void): { text: string; lines: unknown[] } {
  const written: string[] = []
  work(createLogger({ service: 'test', level: 'debug', destination: { write: (line) => void written.push(line) } }))
  return { text: written.join(''), lines: written.map((line) => JSON.parse(line) as unknown) }
}

const canary = 'canary-7f3a'

describe('the log', () => {
  it('writes one JSON object per line with level, ISO time and service', () => {
    const { lines } = logged((logger) => logger.info({ orders: 3 }, 'placed'))
    expect(lines).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        service: 'test',
        orders: 3,
        message: 'placed',
      },
    ])
  })

  it('never shows a secret, wherever it stands', () => {
    const { text } = logged((logger) => {
      const failure = Object.assign(new Error('refused', { cause: { apiKey: canary } }), {
        request: { headers: { Authorization: `Bearer ${canary}` } },
      })
      logger.info({ credentials: { key: canary }, list: [{ deep: { 'X-MBX-APIKEY': canary } }] }, 'connect')
      logger.error(failure, 'failed')
      logger.error({ error: failure }, 'failed')
      logger.child({ refresh_token: canary, nested: { privateKey: canary } }).warn('child')
      logger.child({ a: 1 }).child({ sessionSecret: canary }).warn('grandchild')
      logger.warn(`cannot reach postgres://orders:${canary}@db/tradewire`)
      logger.warn({ header: `Bearer ${canary}` }, 'header')
    })
    expect(text).not.toContain(canary)
    expect(text.match(/\[redacted\]/g)?.length).toBeGreaterThanOrEqual(9)
  })

  it('keeps what is needed of an error', () => {
    const { lines } = logged((logger) => logger.error(new TypeError('odd', { cause: new Error('root') }), 'failed'))
    expect(lines[0]).toMatchObject({
      error: { type: 'TypeError', message: 'odd', stack: expect.stringContaining('odd'), cause: { message: 'root' } },
      message: 'failed',
    })
  })

  it('survives cycles and big numbers', () => {
    const cycle: Record<string, unknown> = { big: 10n }
    cycle['self'] = cycle
    expect(logged((logger) => logger.info(cycle, 'round')).lines).toHaveLength(1)
  })
})

describe('redaction', () => {
  it('knows secrets by the name of their key, in every usual spelling', () => {
    const secrets = ['password', 'DATABASE_PASSWORD', 'apiKey', 'api_key', 'X-MBX-APIKEY', 'secret', 'clientSecret']
    const more = ['accessToken', 'Authorization', 'private_key', 'privateKey', 'cookie', 'passphrase']
    for (const key of [...secrets, ...more]) expect([key, isSecretKey(key)]).toEqual([key, true])
    for (const key of ['nextToken', 'symbol', 'accountId', 'key', 'passed', 'monkey']) {
      expect([key, isSecretKey(key)]).toEqual([key, false])
    }
  })

  it('returns an object without secrets as it is, and never changes the one it was given', () => {
    const harmless = { a: [1, { b: 'c' }], at: new Date(0) }
    expect(redactObject(harmless)).toBe(harmless)
    const telling = { a: { token: canary } }
    expect(redactObject(telling)).toEqual({ a: { token: '[redacted]' } })
    expect(telling.a.token).toBe(canary)
  })

  it('hides the value of a secret key at any place of any object', () => {
    const anything = fc.object({ maxDepth: 5, withBigInt: false })
    fc.assert(
      fc.property(anything, anything, (outer, inner) => {
        const clean = redactObject({ ...outer, extra: [{ ...inner, apiSecret: canary }] })
        return !JSON.stringify(clean).includes(canary)
      }),
    )
  })

  it('leaves ordinary text alone', () => {
    for (const text of ['a@b.example', 'https://host/path?x=1', '// a comment @ home', 'Basic sums']) {
      expect(redactText(text)).toBe(text)
    }
  })
})

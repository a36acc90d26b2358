import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'
import {
  defineConfig,
  defineSettings,
  describeConfig,
  environmentName,
  loadConfig,
  unknownSettings,
} from './define-config.ts'
import { sharedConfig } from './shared.ts'

const orders = defineConfig(
  'orders',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(4_103).describe('Port to listen on'),
    dryRun: z.boolean().default(false),
    venues: z.array(z.enum(['paper', 'binance-spot'])).default(['paper']),
    signingSecret: z.string().min(32).meta({ description: 'Signs replies', secret: true }),
  }),
)
const secret = 's'.repeat(32)

function problemsOf(environment: Record<string, string>): Record<string, string> {
  try {
    loadConfig(orders, environment)
    return {}
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return Object.fromEntries(error.problems.map(({ name, problem }) => [name, problem]))
  }
}

describe('loading settings', () => {
  it('takes defaults from the schema, and the server settings that every service has', () => {
    expect(loadConfig(orders, { ORDERS_SIGNING_SECRET: secret })).toEqual({
      httpPort: 4_103,
      dryRun: false,
      venues: ['paper'],
      signingSecret: secret,
      httpHost: '127.0.0.1',
      httpBodyLimitBytes: 1_048_576,
      httpTrustProxy: false,
      databasePoolMax: 10,
    })
  })

  it('reads numbers, booleans and lists from text', () => {
    const config = loadConfig(orders, {
      ORDERS_SIGNING_SECRET: secret,
      ORDERS_HTTP_PORT: '0',
      ORDERS_DRY_RUN: 'yes',
      ORDERS_VENUES: 'paper, binance-spot',
    })
    expect(config).toMatchObject({ httpPort: 0, dryRun: true, venues: ['paper', 'binance-spot'] })
  })

  it('takes an empty text as not set', () => {
    expect(loadConfig(orders, { ORDERS_SIGNING_SECRET: secret, ORDERS_HTTP_PORT: '' }).httpPort).toBe(4_103)
  })

  it('reads a secret from the file that <NAME>_FILE names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tradewire-config-'))
    const file = join(folder, 'secret')
    writeFileSync(file, `${secret}\n`)
    expect(loadConfig(orders, { ORDERS_SIGNING_SECRET_FILE: file }).signingSecret).toBe(secret)
    expect(problemsOf({ ORDERS_SIGNING_SECRET_FILE: join(folder, 'absent') })).toHaveProperty('ORDERS_SIGNING_SECRET')
    rmSync(folder, { recursive: true })
  })

  it('lists every bad setting at once by its environment name', () => {
    expect(problemsOf({ ORDERS_HTTP_PORT: 'many', ORDERS_DRY_RUN: 'perhaps', ORDERS_VENUES: 'moon' })).toEqual({
      ORDERS_HTTP_PORT: expect.stringContaining('whole number'),
      ORDERS_DRY_RUN: expect.stringContaining('true or false'),
      ORDERS_VENUES: expect.stringContaining('expected one of'),
      ORDERS_SIGNING_SECRET: 'is required and not set: text (Signs replies)',
    })
  })

  it('refuses numbers in unusual spelling', () => {
    for (const text of ['1e3', '0x10', ' ', '1_000', 'Infinity', '--1']) {
      expect(problemsOf({ ORDERS_SIGNING_SECRET: secret, ORDERS_HTTP_PORT: text })).toHaveProperty('ORDERS_HTTP_PORT')
    }
  })

  it('never repeats a value, even when the schema itself would', () => {
    const telling = defineSettings(
      'telling',
      'TELLING',
      z.object({ key: z.string().refine(() => false, { error: (issue) => `cannot use ${String(issue.input)}` }) }),
    )
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{12,40}$/), (value) => {
        try {
          loadConfig(telling, { TELLING_KEY: value })
          return false
        } catch (error) {
          return error instanceof ConfigError && !error.message.includes(value)
        }
      }),
    )
  })

  it('checks settings against each other once each is right', () => {
    const span = defineSettings(
      'span',
      'SPAN',
      z
        .object({ firstMs: z.number().default(1), lastMs: z.number().default(2) })
        .refine(({ firstMs, lastMs }) => firstMs <= lastMs, { error: 'must not be below firstMs', path: ['lastMs'] }),
    )
    expect(loadConfig(span, {})).toEqual({ firstMs: 1, lastMs: 2 })
    expect(() => loadConfig(span, { SPAN_FIRST_MS: '5' })).toThrow(/SPAN_LAST_MS: must not be below firstMs/)
  })
})

describe('describing settings', () => {
  it('gives one row per setting with its type and default, and no default of a secret', () => {
    const rows = Object.fromEntries(describeConfig(orders).map((row) => [row.name, row]))
    expect(rows['ORDERS_HTTP_PORT']).toMatchObject({ type: 'whole number', default: '4103', required: false })
    expect(rows['ORDERS_VENUES']).toMatchObject({ type: 'list, separated by commas', default: 'paper' })
    expect(rows['ORDERS_SIGNING_SECRET']).toMatchObject({ default: undefined, required: true, secret: true })
    expect(describeConfig(sharedConfig).map(({ name }) => name)).toContain('OTEL_EXPORTER_OTLP_ENDPOINT')
  })

  it('finds names that carry the prefix and are no setting', () => {
    const known = { ORDERS_HTTP_PORT: '1', ORDERS_SIGNING_SECRET_FILE: '/x', PATH: '/bin' }
    expect(unknownSettings(orders, { ...known, ORDERS_HTPP_PORT: '1' })).toEqual(['ORDERS_HTPP_PORT'])
  })

  it('makes environment names from keys', () => {
    expect(environmentName('ORDERS', 'batchRows500')).toBe('ORDERS_BATCH_ROWS500')
    expect(environmentName('', 'databaseUrl')).toBe('DATABASE_URL')
  })
})

import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import { defineConfig } from '@tradewire/config/define-config'
import { defineEvent, type EventContract } from '@tradewire/contracts/define-event'
import { defineDenial } from '@tradewire/contracts/denials/define-denial'
import { allEvents } from '@tradewire/contracts/events/all'
import { defineErrors } from '@tradewire/kernel/errors'
import { codeOfStatus } from '@tradewire/nest-kit/http-errors'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { services, sharedErrors } from '../services.ts'
import { buildAsyncApi, keyOf } from './async-api.ts'
import { brokersPage } from './brokers-page.ts'
import { configPage, environmentExample, errorsPage, eventsPage } from './pages.ts'
import { denialsPage } from './denials-page.ts'
import { fieldRows, jsonSchemaOf } from './schema-words.ts'

const thingMoved = defineEvent({
  name: 'thing.moved',
  version: 2,
  owner: 'things',
  partitioned: true,
  delivery: 'batched',
  description: 'A thing | stands elsewhere.',
  data: z.strictObject({
    thingId: z.uuid(),
    from: z.string().nullable(),
    parts: z.array(z.strictObject({ size: z.int() })),
  }),
  example: { thingId: '01963a5e-0000-7000-8000-000000000001', from: null, parts: [{ size: 1 }] },
}) as EventContract

function referencesIn(node: unknown): string[] {
  if (node === null || typeof node !== 'object') return []
  return Object.entries(node).flatMap(([key, value]) => (key === '$ref' ? [String(value)] : referencesIn(value)))
}

function lookUp(document: unknown, reference: string): unknown {
  return reference
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document)
}

describe('the AsyncAPI document', () => {
  const document = buildAsyncApi(allEvents, '1.2.3')

  it('has a channel, an operation, a message and a schema for every event', () => {
    const keys = allEvents.map(keyOf).toSorted()
    const keysOf = (part: string): string[] => Object.keys(lookUp(document, `#/${part}`) as object).toSorted()
    for (const part of ['operations', 'components/messages', 'components/schemas']) expect(keysOf(part)).toEqual(keys)
    const urgent = allEvents.filter((event) => event.urgent !== undefined).map((event) => `${keyOf(event)}Urgent`)
    expect(keysOf('channels')).toEqual([...keys, ...urgent].toSorted())
  })

  it('has no reference that leads nowhere', () => {
    const references = referencesIn(document)
    expect(references.length).toBeGreaterThan(0)
    expect(references.filter((reference) => lookUp(document, reference) === undefined)).toEqual([])
  })

  it('does not depend on the order of the events', () => {
    expect(JSON.stringify(buildAsyncApi(allEvents.toReversed(), '1.2.3'))).toBe(JSON.stringify(document))
  })

  it('names the partitions of a partitioned event in its address', () => {
    expect(buildAsyncApi([thingMoved], '1')).toMatchObject({
      channels: {
        thingMovedV2: { address: 'thing.moved.{partition}', parameters: { partition: { examples: ['p00'] } } },
      },
    })
  })
})

describe('the events page', () => {
  it('shows every field, nested ones by their path', () => {
    const rows = fieldRows(jsonSchemaOf(thingMoved.data, 'output')).map(({ name, type }) => `${name}: ${type}`)
    expect(rows).toEqual([
      'thingId: text (uuid)',
      'from: text or null',
      'parts: list of object',
      'parts[].size: whole number',
    ])
  })

  it('keeps a table whole when a text holds a bar', () => {
    expect(eventsPage([thingMoved])).toContain(String.raw`| A thing \| stands elsewhere. |`)
  })
})

describe('the page of the venues', () => {
  it('shows what every adapter declares, and says when it declares no budget', () => {
    const page = brokersPage(allBrokers, { paper: { 'TC-01': 'passed', 'TC-02': 'failed', 'TC-18': 'skipped' } })
    expect(page).toContain('passed |')
    expect(page).toContain('**failed**')
    expect(page).toContain('not run')
    for (const { id } of allBrokers) expect(page).toContain(`## Budgets of ${id}`)
    expect(page).toContain('| market order | yes |')
    expect(
      brokersPage(
        allBrokers.map((broker) => ({ ...broker, rateLimits: [] })),
        {},
      ),
    ).toContain('No budget is declared.')
  })
})

describe('the errors page', () => {
  it('lists codes in order with kind, status and remedy', () => {
    const errors = defineErrors('things', {
      THING_LOST: { kind: 'not-found', message: 'No such thing.', fix: 'Look elsewhere.' },
      THING_BUSY: { kind: 'unavailable', message: 'It is busy.', fix: 'Try again later.' },
    })
    const page = errorsPage([errors])
    expect(page).toContain('| `THING_LOST` | not-found | 404 | No such thing. | Look elsewhere. |')
    expect(page.indexOf('THING_BUSY')).toBeLessThan(page.indexOf('THING_LOST'))
  })

  it('lists the code of every status that HTTP itself brings, once', () => {
    const page = errorsPage([...sharedErrors, ...services.map(({ errors }) => errors)])
    for (const code of Object.values(codeOfStatus)) expect(page.split(`| \`${code}\` |`), code).toHaveLength(2)
  })
})

describe('the denials page', () => {
  it('gives each code its words and the fields of its context', () => {
    const page = denialsPage({ TOO_HEAVY: defineDenial('It is too heavy.', 'Eat less.', { grams: z.int() }) })
    expect(page).toContain('## TOO_HEAVY\n\nIt is too heavy. Eat less.')
    expect(page).toContain('| `grams` | whole number |')
  })
})

describe('the settings page and .env.example', () => {
  const secret = ['hunter', '2-and-more'].join('')
  const definition = defineConfig(
    'things',
    z.object({
      waitMs: z.number().default(250).describe('How long to wait'),
      key: z.string().default(secret).meta({ description: 'Signs things', secret: true }),
    }),
  )

  it('give each setting its environment name, type and default', () => {
    expect(configPage([definition])).toContain('| `THINGS_WAIT_MS` | number | `250` | How long to wait |')
    expect(environmentExample([definition])).toContain('#THINGS_WAIT_MS=250')
  })

  it('never show the default of a secret', () => {
    expect(configPage([definition])).not.toContain(secret)
    expect(environmentExample([definition])).not.toContain(secret)
  })
})

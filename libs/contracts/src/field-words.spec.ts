import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { flag, pageQuery, positiveDecimalText } from './common.ts'
import { fieldWords } from './field-words.ts'
import { allRoutes } from './http/all.ts'

const schema = z.strictObject({
  name: z.string().min(1).max(3),
  code: z.string().min(6).optional(),
  count: z.int().min(2).max(9).optional(),
  share: z.number().positive().lt(1).optional(),
  names: z.array(z.string()).min(1).max(2).optional(),
  side: z.enum(['buy', 'sell']).optional(),
  kind: z.literal('entry').optional(),
  id: z.uuid().optional(),
  at: z.iso.datetime().optional(),
  price: positiveDecimalText.optional(),
  either: z.union([z.number(), z.boolean()]).optional(),
})

function said(parsed: z.ZodType, sent: unknown): Record<string, string> {
  const { error } = parsed.safeParse(sent, { error: fieldWords })
  return Object.fromEntries((error?.issues ?? []).map(({ path, message }) => [path.join('.'), message]))
}
const saidOf = (sent: object) => said(schema, { name: 'a', ...sent })

describe('the words for a field', () => {
  it('that is missing are the same, whatever it should be', () => {
    const wanted = { a: z.string(), b: z.int(), c: z.enum(['x', 'y']), d: z.uuid(), e: z.union([z.string(), z.null()]) }
    const given = Object.keys(wanted).map((name) => [name, 'must be given'])
    expect(said(z.object(wanted), {})).toEqual(Object.fromEntries(given))
  })

  it.each([
    [{ name: 5 }, 'name', 'must be text'],
    [{ name: '' }, 'name', 'must not be empty'],
    [{ name: 'abcd' }, 'name', 'must have at most 3 characters'],
    [{ code: 'abc' }, 'code', 'must have at least 6 characters'],
    [{ count: 1 }, 'count', 'must be at least 2'],
    [{ count: 10 }, 'count', 'must be at most 9'],
    [{ count: 2.5 }, 'count', 'must be a whole number'],
    [{ share: 0 }, 'share', 'must be greater than 0'],
    [{ share: 1 }, 'share', 'must be less than 1'],
    [{ names: 'a' }, 'names', 'must be a list'],
    [{ names: [] }, 'names', 'must not be empty'],
    [{ names: ['a', 'b', 'c'] }, 'names', 'must have at most 2 entries'],
    [{ side: 'hold' }, 'side', 'must be one of buy, sell'],
    [{ kind: 'exit' }, 'kind', 'must be entry'],
    [{ id: 'abc' }, 'id', 'must be UUID'],
    [{ at: 'now' }, 'at', 'must be a UTC time such as 2022-06-01T12:00:00.000Z'],
    [{ either: 'text' }, 'either', 'has none of the forms that are possible here'],
  ])('of %j say what is wanted', (sent, field, words) => {
    expect(saidOf(sent)).toEqual({ [field]: words })
  })

  it('of a query say it too: what is no number is none, however it is read', () => {
    expect(said(pageQuery, { limit: 'abc' })).toEqual({ limit: 'must be a number' })
    expect(said(pageQuery, { limit: '900' })).toEqual({ limit: 'must be at most 200' })
    expect(said(z.object({ active: flag }), { active: 'perhaps' })).toEqual({ active: 'must be one of true, false' })
  })

  it('are those of the schema where it has some', () => {
    expect(saidOf({ price: '-1' })).toEqual({ price: 'must be greater than 0' })
  })

  it("are never the validator's own, on any route", () => {
    for (const { operation, params, query, body } of allRoutes) {
      for (const part of [params, query, body]) {
        for (const sent of [{}, [], 'text', 5]) {
          const words = Object.values(said(part, sent))
          expect(
            words.filter((text) => /^(Invalid|Too|expected)/.test(text)),
            operation,
          ).toEqual([])
        }
      }
    }
  })
})

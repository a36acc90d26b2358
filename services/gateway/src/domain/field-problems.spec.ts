import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { problemsOf } from './field-problems.ts'

const schema = z.strictObject({
  prices: z.array(z.number({ error: 'must be a number' })),
  size: z.strictObject({ unit: z.string({ error: 'must be text' }) }),
})

const problems = (sent: unknown) => problemsOf('body', sent, schema.safeParse(sent).error?.issues ?? [])

describe('the problems of fields, as the admin document shows them', () => {
  it('name the field with its place in lists and objects, and what was sent there', () => {
    expect(problems({ prices: [1, 'two'], size: { unit: 3 } })).toEqual([
      { value: 'two', msg: 'must be a number', param: 'prices[1]', location: 'body' },
      { value: 3, msg: 'must be text', param: 'size.unit', location: 'body' },
    ])
  })

  it('show no value where nothing was sent, and name fields that nobody knows', () => {
    expect(problems({ prices: [], size: {}, colour: 'red' })).toEqual([
      { msg: 'must be text', param: 'size.unit', location: 'body' },
      { value: 'red', msg: 'is not a known field', param: 'colour', location: 'body' },
    ])
  })

  it('blame the whole body when it is none', () => {
    expect(problems('text')).toMatchObject([{ param: '_error', location: 'body' }])
  })
})

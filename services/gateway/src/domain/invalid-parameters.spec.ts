import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { detailsOf } from './invalid-parameters.ts'

const schema = z.strictObject({ limit: z.int().max(200), targets: z.array(z.strictObject({ price: z.string() })) })

describe('the details of invalid parameters', () => {
  it('name each field with its messages, nested ones by their path', () => {
    const { error } = schema.safeParse({ limit: 900, targets: [{ price: 'x' }, { price: 5 }] })
    expect(Object.keys(detailsOf(error?.issues ?? []))).toEqual(['limit', 'targets.1.price'])
  })

  it('name an unknown field by itself', () => {
    const { error } = schema.safeParse({ limit: 1, targets: [], role: 'operator' })
    expect(detailsOf(error?.issues ?? [])).toEqual({ role: ['is not a known field'] })
  })

  it('say `body` when the whole is wrong', () => {
    const { error } = schema.safeParse('text')
    expect(Object.keys(detailsOf(error?.issues ?? []))).toEqual(['body'])
  })
})

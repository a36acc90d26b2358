import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lenientJson } from './lenient-json.wire.ts'

describe('a body in single quotes', () => {
  it('is read as the same body in double quotes', () => {
    expect(lenientJson(`{'name':'O\\'Neill "x"', "other": "it's", 'price': 1.5}`)).toEqual({
      name: `O'Neill "x"`,
      other: "it's",
      price: 1.5,
    })
  })

  it('leaves JSON as it is, whatever stands in its texts', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(lenientJson(text)).toEqual(JSON.parse(text))
      }),
    )
  })

  it('is nothing where it is no JSON even so', () => {
    for (const text of ['', '{', "{'a'", 'a', "{'a':1,}"]) expect(lenientJson(text)).toBeUndefined()
  })
})

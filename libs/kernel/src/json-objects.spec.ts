import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ObjectSplitter } from './json-objects.ts'

describe('objects in a stream', () => {
  it('are found however they are cut and whatever stands between them', () => {
    const object = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())), {
      maxKeys: 4,
    })
    fc.assert(
      fc.property(fc.array(object, { maxLength: 6 }), fc.integer({ min: 1, max: 9 }), (objects, size) => {
        const bytes = Buffer.from(objects.map((each) => JSON.stringify(each)).join('\n \n'))
        const splitter = new ObjectSplitter(100_000)
        const found: unknown[] = []
        for (let start = 0; start < bytes.length; start += size) {
          const split = splitter.push(bytes.subarray(start, start + size))
          expect(split.kind).toBe('objects')
          found.push(...split.texts.map((text) => JSON.parse(text) as unknown))
        }
        expect(found).toEqual(objects)
      }),
    )
  })

  it('end the stream when they are none, or too large', () => {
    expect(new ObjectSplitter(100).push(Buffer.from('{"a":1}[]')).kind).toBe('broken')
    expect(new ObjectSplitter(10).push(Buffer.from('{"a":"123456"')).kind).toBe('broken')
    const split = new ObjectSplitter(100).push(Buffer.from('{"a":1}x'))
    expect(split).toEqual({ kind: 'broken', texts: ['{"a":1}'] })
  })
})

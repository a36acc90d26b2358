import { describe, expect, it } from 'vitest'
import { pageFrom, pageToken, readPageToken } from './page.ts'

const shape = { keysOf: (row: { id: string }) => [row.id], itemOf: (row: { id: string }) => row.id }

describe('keyset paging', () => {
  it('gives a token only when more rows follow, and reads it back', () => {
    const rows = [{ id: 'a' }, { id: 'b' }, { id: 'c' }]
    const page = pageFrom(rows, 2, shape)
    expect(page.items).toEqual(['a', 'b'])
    expect(readPageToken(page.nextToken!, 1)).toEqual({ ok: true, value: ['b'] })
    expect(pageFrom(rows, 3, shape)).toEqual({ items: ['a', 'b', 'c'], nextToken: null })
  })

  it('refuses tokens that it has not made', () => {
    for (const token of ['', '!!', 'bm90IGpzb24', pageToken(['a', 'b']), Buffer.from('[1]').toString('base64url')]) {
      expect(readPageToken(token, 1)).toMatchObject({ ok: false, error: { code: 'PAGE_TOKEN_INVALID' } })
    }
    expect(readPageToken(undefined, 1)).toEqual({ ok: true, value: undefined })
  })
})

import { describe, expect, it } from 'vitest'
import { pageFrom, pageToken, readPageToken } from './page.ts'

const id = '01963a5e-0000-7000-8000-000000000001'
const shape = { keysOf: (row: { id: string }) => [row.id], itemOf: (row: { id: string }) => row.id }

describe('keyset paging', () => {
  it('gives a token only when more rows follow, and reads it back', () => {
    const rows = [{ id: 'a' }, { id }, { id: 'c' }]
    const page = pageFrom(rows, 2, shape)
    expect(page.items).toEqual(['a', id])
    expect(readPageToken(page.nextToken!, ['id'])).toEqual({ ok: true, value: [id] })
    expect(pageFrom(rows, 3, shape)).toEqual({ items: ['a', id, 'c'], nextToken: null })
  })

  it('refuses tokens that it has not made', () => {
    for (const token of ['', '!!', 'bm90IGpzb24', pageToken([id, id]), Buffer.from('[1]').toString('base64url')]) {
      expect(readPageToken(token, ['id'])).toMatchObject({ ok: false, error: { code: 'PAGE_TOKEN_INVALID' } })
    }
    expect(readPageToken(undefined, ['id'])).toEqual({ ok: true, value: undefined })
  })

  it('refuses a token of another list, and keys that no row can have', () => {
    const moment = '2026-01-31T12:00:00.123456Z'
    const fits = { id, number: '42', date: '2026-01-31', moment }
    for (const kind of ['id', 'number', 'date', 'moment'] as const) {
      expect(readPageToken(pageToken([fits[kind]]), [kind])).toEqual({ ok: true, value: [fits[kind]] })
      for (const key of [...Object.values(fits), '', 'x', '\u0000', '-1', '9'.repeat(30)]) {
        if (key === fits[kind]) continue
        const read = readPageToken(pageToken([key]), [kind])
        expect(read, `${key} as ${kind}`).toMatchObject({ ok: false, error: { code: 'PAGE_TOKEN_INVALID' } })
      }
    }
  })
})

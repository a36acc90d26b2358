import { expect, it } from 'vitest'
import { storableIssues } from './storable-text.ts'

it('names each place of a text that cannot be stored, in fields, lists and names', () => {
  const sent = { name: 'a\0b', note: 'fine', list: ['x', { deep: '\0' }], 'odd\0': 1, number: 3, none: null }
  expect(storableIssues(sent).map(({ path }) => path.join('.'))).toEqual(['name', 'list.1.deep', ''])
  expect(storableIssues({ name: 'é\u{1f4a5}' })).toEqual([])
})

it('refuses half of a surrogate pair, which has no UTF-8', () => {
  const sent = { whole: '\u{1f4a5}', half: 'a\ud83d', other: '\udca5', 'odd\ud800': 1 }
  expect(storableIssues(sent).map(({ path }) => path.join('.'))).toEqual(['half', 'other', ''])
})

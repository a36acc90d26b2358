import { describe, expect, it } from 'vitest'
import { checkLinks, type Tree } from './link-rules.ts'

function findingsIn(page: string) {
  const pages: Readonly<Record<string, string>> = {
    'docs/page.md': page,
    'docs/other.md': '# Other\n\n## What `it` does, and why\n\n```sh\n# no heading\n```\n',
    'services/orders/src/gate.ts': '',
  }
  const tree: Tree = { has: (path) => path === 'docs/adr' || path in pages, textOf: (path) => pages[path] ?? '' }
  return checkLinks('docs/page.md', tree).map(({ line, message }) => `${line}: ${message}`)
}

describe('a link of a page', () => {
  it.each([
    '[file](../services/orders/src/gate.ts)',
    '[folder](adr)',
    '[page](other.md)',
    '[heading](other.md#what-it-does-and-why)',
    '# Own heading\n[own](#own-heading)',
    '[web](https://example.com/x#y)',
    '```\n[code](gone.md)\n```',
  ])('may be %s', (page) => {
    expect(findingsIn(page)).toEqual([])
  })

  it('is refused with its line when the file has gone', () => {
    expect(findingsIn('# Page\n\nsee [gate](../services/orders/src/old-gate.ts)')).toEqual([
      '3: ../services/orders/src/old-gate.ts leads nowhere',
    ])
  })

  it.each(['other.md#gone', 'other.md#no-heading'])('is refused when no heading is %s', (link) => {
    expect(findingsIn(`[x](${link})`)).toEqual([`1: docs/other.md has no heading #${link.split('#')[1]}`])
  })
})

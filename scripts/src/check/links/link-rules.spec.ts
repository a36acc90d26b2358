import { describe, expect, it } from 'vitest'
import { checkBlocks } from './block-rules.ts'
import { checkLinks, type Tree } from './link-rules.ts'

function findingsIn(page: string) {
  const pages: Readonly<Record<string, string>> = {
    'docs/page.md': page,
    'docs/other.md': '# Other\n\n## What `it` does, and why\n\n```sh\n# no heading\n```\n',
    'services/orders/src/gate.ts': '',
  }
  const tree: Tree = { has: (path) => path === 'docs/adr' || path in pages, textOf: (path) => pages[path] ?? '' }
  const findings = [...checkLinks('docs/page.md', tree), ...checkBlocks('docs/page.md', page)]
  return findings.map(({ line, message }) => `${line}: ${message}`)
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
    '1. item\n\n   ```sh\n   [code](gone.md)\n   ```',
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

describe('a code block of a page', () => {
  it.each([
    ['after a paragraph', 'text\n\n    ./tradewire up\n    ./tradewire down', '3'],
    ['at the start', '    ./tradewire up', '1'],
    ['by a tab', 'text\n\n\t./tradewire up', '3'],
    ['after a heading without a blank line', '# Page\n    ./tradewire up', '2'],
    ['in an item of a list', '- item\n\n      ./tradewire up', '3'],
    ['after a list has ended', '- item\n\ntext\n\n    ./tradewire up', '5'],
  ])('is refused when it is indented: %s', (_where, page, line) => {
    expect(findingsIn(page)).toEqual([`${line}: a code block is indented`])
  })

  it.each([
    ['fences', 'text\n\n```sh\n./tradewire up\n\n    indented\n```\n\ntext'],
    ['fences in an item', '1. item\n\n   ```sh\n   ./tradewire up\n\n       indented\n   ```\n\n   text'],
    ['a paragraph whose later lines are indented', 'text\n    goes on'],
    ['items of a list in items of a list', '- item\n\n  - item\n\n    text of it'],
    ['a paragraph of a numbered item', '10. item\n\n    text of it'],
  ])('may have or be %s', (_what, page) => {
    expect(findingsIn(page)).toEqual([])
  })
})

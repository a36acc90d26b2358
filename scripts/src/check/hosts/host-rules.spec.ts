import { describe, expect, it } from 'vitest'
import { checkHosts } from './host-rules.ts'

// Put together here, so that this file names no such path itself.
const privatePath = ['', 'root', 'tradewire', 'x.ts'].join('/')
const userPath = ['', 'home', 'alice', 'x.ts'].join('/')
const registry = ['registry', 'npmjs', 'org'].join('.')

const rulesOf = (path: string, text: string) => checkHosts(path, text).map((finding) => finding.rule)

describe('the host check', () => {
  it.each([`import x from '${privatePath}'`, `see ${userPath}`, `"dir":"${privatePath}"`])('refuses %s', (text) => {
    expect(rulesOf('libs/a/src/x.ts', text)).toEqual(['no-machine-path'])
  })

  it.each([
    'docs/home/page',
    'adapters/registry.adapter.ts',
    'https://example.com/home/page',
    './work/plan',
    '/home/node/app',
    ['${HOME}', 'work', 'x'].join('/'),
  ])('lets %s stand', (text) => {
    expect(rulesOf('README.md', text)).toEqual([])
  })

  it('refuses a package registry anywhere', () => {
    expect(rulesOf('README.md', `npm install --registry https://${registry}`)).toEqual(['no-registry-host'])
  })

  it('refuses any host in the lockfile and names the line', () => {
    const text = 'packages:\n  tarball: https://example.com/x.tgz\n'
    expect(checkHosts('pnpm-lock.yaml', text)).toMatchObject([{ rule: 'no-host-in-lockfile', line: 2 }])
  })
})

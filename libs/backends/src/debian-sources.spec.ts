import { describe, expect, it } from 'vitest'
import { archivesOfList, archivesOfStanzas } from './debian-sources.ts'

describe('the Debian archives of a system', () => {
  it('are read from one-line files, with and without options', () => {
    const text = [
      '# deb http://commented.example/debian bookworm main',
      'deb http://one.example/debian bookworm main contrib',
      'deb [arch=amd64 signed-by=/k.gpg] https://two.example/debian trixie main',
      'deb-src http://source.example/debian bookworm main',
      'deb http://one.example/debian-security bookworm-security main',
      'deb https://vendor.example/apt nodistro main',
    ].join('\n')
    expect(archivesOfList(text)).toEqual(['http://one.example/debian', 'https://two.example/debian'])
  })

  it('are read from deb822 files, with folded fields and without switched-off stanzas', () => {
    const text = [
      'Types: deb deb-src\nURIs: http://one.example/debian\nSuites: bookworm bookworm-updates\nComponents: main',
      'Types: deb\n# a comment\nURIs:\n http://two.example/debian\n http://three.example/debian\nSuites: sid\nComponents: contrib main',
      'Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: trixie\nComponents: main',
      'Types: deb\nURIs: http://one.example/debian-security\nSuites: bookworm-security\nComponents: main',
    ].join('\n\n')
    expect(archivesOfStanzas(text)).toEqual([
      'http://one.example/debian',
      'http://two.example/debian',
      'http://three.example/debian',
    ])
  })
})

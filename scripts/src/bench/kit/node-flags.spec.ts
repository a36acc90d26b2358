import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { nodeFlags } from './node-flags.ts'

describe('flags of Node in the bench', () => {
  it.each(['tradewire', 'deploy/Dockerfile'])('are those that %s starts services with', (path) => {
    const text = readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8')
    expect(nodeFlags.filter((flag) => !text.includes(flag))).toEqual([])
  })
})

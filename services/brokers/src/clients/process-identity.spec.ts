import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { ProcessIdentity } from './process-identity.client.ts'

describe('the identity of a process', () => {
  const identity = new ProcessIdentity()

  it('takes itself for alive, also under another owner', () => {
    expect(identity.isDead(identity.own)).toBe(false)
  })

  it('takes a process that has ended, or whose id was given to another, for dead', async () => {
    const child = spawn('true')
    const pid = child.pid ?? 0
    await once(child, 'exit')
    expect(identity.isDead({ ...identity.own, pid })).toBe(true)
    expect(identity.isDead({ ...identity.own, started: '1' })).toBe(true)
  })

  it('says nothing about processes of another machine or container', () => {
    expect(identity.isDead({ space: 'elsewhere', pid: 999_999_999, started: '1' })).toBe(false)
    expect(identity.isDead({ space: null, pid: 999_999_999, started: '1' })).toBe(false)
  })
})

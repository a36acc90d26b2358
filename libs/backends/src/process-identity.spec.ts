import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { commandLineOf, isAlive, startMarkOf } from './process-identity.ts'

describe('the identity of a process', () => {
  it('stays the same while it runs and is gone with it', async () => {
    const child = spawn('sleep', ['60'])
    await once(child, 'spawn')
    const pid = child.pid ?? 0
    const mark = startMarkOf(pid)
    expect(mark).not.toBe('')
    expect(startMarkOf(pid)).toBe(mark)
    expect(isAlive(pid)).toBe(true)
    expect(commandLineOf(pid)).toBe('sleep 60')
    child.kill('SIGKILL')
    await once(child, 'exit')
    expect(isAlive(pid)).toBe(false)
    expect(startMarkOf(pid)).toBe('')
  })

  it('differs between two processes', () => {
    expect(startMarkOf(process.pid)).not.toBe(startMarkOf(process.ppid))
  })
})

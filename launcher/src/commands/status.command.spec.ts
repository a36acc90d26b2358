import { describe, expect, it } from 'vitest'
import type { RunPart } from '../home/run-record.ts'
import { notRunningText, uptimeText } from './status.command.ts'

describe('uptime', () => {
  it.each([
    [0, '0 s'],
    [45, '45 s'],
    [60, '1 min'],
    [185, '3 min 5 s'],
    [7_800, '2 h 10 min'],
    [442_800, '5 d 3 h'],
  ])('of %i seconds reads %s', (total, text) => {
    expect(uptimeText(total)).toBe(text)
  })
})

describe('the status of a home where nothing runs', () => {
  const root = '/srv/second'

  it('says how to start that home', () => {
    expect(notRunningText({ root }, undefined)).toBe(
      'Nothing runs in /srv/second. Start it: ./tradewire up --home /srv/second',
    )
  })

  it('says how to start it where it was before its launcher was killed', () => {
    const gateway = { name: 'gateway', url: 'http://127.0.0.1:7500' } as RunPart
    const text = notRunningText({ root }, { parts: [gateway] })
    expect(text).toContain('Clean up with ./tradewire down --home /srv/second, or')
    expect(text).toMatch(/\.\/tradewire up --port 7500 --home \/srv\/second$/)
  })
})

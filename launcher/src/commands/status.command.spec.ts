import { describe, expect, it } from 'vitest'
import { uptimeText } from './status.command.ts'

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

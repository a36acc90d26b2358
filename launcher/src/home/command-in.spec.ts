import { describe, expect, it } from 'vitest'
import { commandIn, portArgument } from './command-in.ts'
import { defaultHome } from './home.ts'

describe('a command to paste', () => {
  it('names the home, unless it is the default one', () => {
    expect(commandIn({ root: defaultHome }, 'up')).toBe('./tradewire up')
    expect(commandIn({ root: '/srv/second' }, 'up')).toBe('./tradewire up --home /srv/second')
  })

  it('names a port that is not the default one', () => {
    expect([7400, 7500, 0].map(portArgument)).toEqual(['', ' --port 7500', ' --port 0'])
  })

  it('is quoted where a shell would read the folder otherwise', () => {
    expect(commandIn({ root: "/srv/Anna's own" }, 'status')).toBe(
      String.raw`./tradewire status --home '/srv/Anna'\''s own'`,
    )
  })
})

import { spawnSync } from 'node:child_process'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const cli = join(resolve(import.meta.dirname, '../../..'), 'launcher/dist/cli.js')
/** What fits a terminal: a default that is printed as a whole does not. */
const charsMax = 2_000
/** A command that does not end fails its test; nothing else would end it. */
const endsWithinMs = 60_000

function helpOf(command: readonly string[]): string {
  const told = spawnSync(process.execPath, [cli, ...command, '--help'], { encoding: 'utf8', timeout: endsWithinMs })
  expect(told.status).toBe(0)
  return told.stdout
}

/** Commands stand two places in, what is said of them further. */
function namedIn(help: string): string[] {
  const names = help.split('\n').flatMap((line) => /^ {2}([a-z][a-z-]*) /.exec(line)?.[1] ?? [])
  return names.filter((name) => name !== 'help')
}

const commands = namedIn(helpOf([]))

describe('the help', () => {
  it('names the commands', () => {
    expect(commands).toEqual(expect.arrayContaining(['up', 'down', 'demo', 'chaos', 'bench', 'test']))
  })

  it.each(commands)('of %s says how it is used in a page', (command) => {
    const help = helpOf([command])
    expect(help).toMatch(/^Usage: /)
    expect(help.length).toBeLessThan(charsMax)
  })
})

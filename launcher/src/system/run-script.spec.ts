import { afterEach, describe, expect, it } from 'vitest'
import { runScript } from './run-script.ts'

const waiting = ['--eval', 'setInterval(() => undefined, 1_000)']
const stubborn = ['--eval', `process.on('SIGTERM', () => process.exit(0)); setInterval(() => undefined, 1_000)`]

describe('running a script of the project', () => {
  const others = process.listeners('SIGTERM')
  afterEach(() => expect(process.listeners('SIGTERM')).toEqual(others))

  it('answers how it ended', async () => {
    expect(await runScript(['--eval', 'process.exit(3)'])).toBe(3)
  })

  it.each([
    ['is ended by the signal', waiting],
    ['ends as if nothing had happened', stubborn],
  ])('is given up by whoever was told to stop, also where it %s', async (_, args) => {
    const running = runScript(args)
    for (const listener of process.listeners('SIGTERM')) if (!others.includes(listener)) listener('SIGTERM')
    await expect(running).rejects.toMatchObject({ message: 'stopped by SIGTERM', exitCode: 130 })
  })
})

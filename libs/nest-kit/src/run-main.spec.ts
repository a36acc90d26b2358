import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { defineConfig } from '@tradewire/config/define-config'
import { defineErrors } from '@tradewire/kernel/errors'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { defineService } from '#define-service'
import { runMain } from '#run-main'

let told: string[]
let mayStop: Promise<void>
let letStop: () => void

@Module({})
class SampleModule {
  async onModuleDestroy(): Promise<void> {
    told.push('stopping')
    await mayStop
    told.push('stopped')
  }
}

const sample = defineService({
  name: 'sample',
  config: defineConfig('sample', z.object({ greeting: z.string().min(3).default('hello') })),
  module: SampleModule,
  errors: defineErrors('sample', {}),
  bus: false,
})

const events = ['SIGTERM', 'SIGINT', 'uncaughtException'] as const
const others = new Map(events.map((event) => [event, process.listeners(event as 'SIGTERM')]))

/** As the operating system would tell it: to the listeners of the service alone, for vitest has its own. */
function signal(name: 'SIGTERM' | 'SIGINT'): void {
  for (const listener of process.listeners(name)) if (!others.get(name)!.includes(listener)) listener(name)
}

describe('the process of a service', () => {
  beforeEach(() => {
    told = []
    mayStop = new Promise((resolve) => (letStop = resolve))
    vi.stubEnv('SAMPLE_HTTP_PORT', '0')
    // The end of this process would be that of the test: it is only told.
    vi.spyOn(process, 'exit').mockImplementation((code) => void told.push(`exit ${code}`) as never)
  })

  afterEach(() => {
    for (const event of events) {
      const mine = process.listeners(event as 'SIGTERM').filter((each) => !others.get(event)!.includes(each))
      for (const listener of mine) process.off(event, listener)
    }
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends by itself once all has stopped after %s, and not before',
    async (name) => {
      await runMain(sample)
      signal(name)
      await vi.waitFor(() => expect(told).toContain('stopping'))
      expect(told).toEqual(['stopping'])
      letStop()
      await vi.waitFor(() => expect(told).toEqual(['stopping', 'stopped', 'exit 0']))
    },
  )

  it('ends at once at the second signal, as a failure', async () => {
    await runMain(sample)
    signal('SIGTERM')
    await vi.waitFor(() => expect(told).toContain('stopping'))
    signal('SIGINT')
    expect(told).toEqual(['stopping', 'exit 1'])
    letStop()
    await vi.waitFor(() => expect(told).toContain('exit 0'))
  })

  it('ends with 78 where its settings are wrong, so that nobody starts it again', async () => {
    vi.stubEnv('SAMPLE_GREETING', 'hi')
    await runMain(sample)
    expect(told[0]).toBe('exit 78')
  })

  it('ends with 1 where it cannot start, after what had been begun is undone', async () => {
    vi.stubEnv('SAMPLE_HTTP_HOST', '192.0.2.1')
    letStop()
    await runMain(sample)
    expect(told).toEqual(['stopping', 'stopped', 'exit 1'])
  })
})

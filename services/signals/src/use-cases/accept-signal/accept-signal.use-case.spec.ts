import { UuidV7Source } from '@tradewire/kernel/ids'
import type { Logger } from '@tradewire/observability/logger'
import { ManualClock } from '@tradewire/testkit/manual-clock'
import { expect, it } from 'vitest'
import type { Signals } from '../../ports/signals.port.ts'
import type { Strategies } from '../../ports/strategies.port.ts'
import { AcceptSignal, type AcceptSignalInput } from './accept-signal.use-case.ts'

it('signals that are turned away because the database fails are told of in the log, once a second', async () => {
  const lines: unknown[] = []
  const broken = new Error('PostgreSQL is away')
  const acceptSignal = new AcceptSignal(
    { find: () => Promise.reject(broken) } as unknown as Strategies,
    new ManualClock(),
    new UuidV7Source(),
    {} as Signals,
    { error: (...line: unknown[]) => void lines.push(line) } as unknown as Logger,
  )
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => acceptSignal.execute({} as AcceptSignalInput)))
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ ok: false, error: { code: 'INTAKE_OVERLOADED', context: { reason: 'database' } } })
  }
  expect(lines).toEqual([[{ error: broken, unsaid: 0 }, 'signals are turned away']])
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LogLine, mergeLines, parseLogLine } from './log-lines.ts'

describe('log lines', () => {
  it('of services show their message and further fields', () => {
    const line =
      '{"level":"warn","time":"2026-01-02T03:04:05.678Z","service":"orders","message":"late","ms":7,"by":"a"}'
    expect(parseLogLine('orders', line, '')).toEqual({
      time: '2026-01-02T03:04:05.678Z',
      level: 'warn',
      source: 'orders',
      text: 'late  ms=7  by=a',
    })
  })

  it('of PostgreSQL and nats-server keep their own time and level', () => {
    const postgres = '2026-01-02 03:04:05.678 UTC [77] orders ERROR:  duplicate key'
    expect(parseLogLine('postgres', postgres, '')).toMatchObject({
      time: '2026-01-02T03:04:05.678Z',
      level: 'error',
      text: 'duplicate key',
    })
    const nats = '[77] 2026/01/02 03:04:05.678901 [WRN] slow consumer'
    expect(parseLogLine('nats', nats, '')).toMatchObject({
      time: '2026-01-02T03:04:05.678Z',
      level: 'warn',
      text: 'slow consumer',
    })
  })

  it('that nobody understands are shown as they are, at the time of the line before', () => {
    expect(parseLogLine('orders', '    at somewhere', 'T1')).toEqual({
      time: 'T1',
      level: 'info',
      source: 'orders',
      text: '    at somewhere',
    })
    expect(parseLogLine('orders', '{"half":', 'T1').text).toBe('{"half":')
  })

  it('of several logs come in the order of time without losing or adding any', () => {
    const line = fc.record({
      time: fc.constantFrom('T1', 'T2', 'T3'),
      level: fc.constant('info'),
      source: fc.constant('a'),
      text: fc.string(),
    })
    fc.assert(
      fc.property(fc.array(fc.array(line)), (logs: LogLine[][]) => {
        const merged = mergeLines(logs, 1_000)
        expect(mergeLines(logs, 0)).toEqual([])
        expect(mergeLines(logs, 1)).toEqual(merged.slice(-1))
        expect(merged).toHaveLength(logs.flat().length)
        expect(merged.map(({ time }) => time)).toEqual(
          logs
            .flat()
            .map(({ time }) => time)
            .toSorted(),
        )
      }),
    )
  })
})

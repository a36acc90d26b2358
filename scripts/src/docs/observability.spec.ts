import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { repositoryRoot } from '../check/repository.ts'
import { alerts, metrics, panels } from './operator-signs.ts'

/** The names that services and libraries give to instruments. */
function namesInSource(): Set<string> {
  const files = ['libs/*/src/*.ts', 'services/*/src/*.ts', ':!*spec.ts', ':!*/testing/*']
  const found = execFileSync(
    'git',
    ['grep', '-hoE', "'[a-z]+(_[a-z]+)*_(total|seconds|bytes|messages)'", '--', ...files],
    {
      cwd: repositoryRoot(),
      encoding: 'utf8',
    },
  )
  return new Set(found.split('\n').map((line) => line.replaceAll("'", '')))
}

const queries = [...panels.flatMap(({ lines }) => lines.map(([, query]) => query)), ...alerts.map(({ when }) => when)]

describe('what an operator watches', () => {
  it('are metrics that services have', () => {
    const known = namesInSource()
    expect(metrics.map(({ name }) => name).filter((name) => !known.has(name))).toEqual([])
  })

  it('is drawn and alerted on by metrics of the list alone', () => {
    const listed = new Set(metrics.map(({ name }) => name))
    const used = queries.flatMap((query) => query.match(/[a-z]+(?:_[a-z]+)+(?=[{[)\s]|_bucket|_count|$)/g) ?? [])
    const metricsUsed = used
      .map((name) => name.replace(/_(?:bucket|count|sum)$/, ''))
      .filter((name) => name !== 'histogram_quantile')
    expect(metricsUsed.length).toBeGreaterThan(queries.length - 1)
    expect(metricsUsed.filter((name) => !listed.has(name))).toEqual([])
  })

  it('has balanced queries', () => {
    for (const query of queries) {
      for (const [open, close] of ['()', '{}', '[]']) {
        expect(query.split(open!).length, query).toBe(query.split(close!).length)
      }
    }
  })

  it('calls somebody for the first event of a process, too, with which a series begins', () => {
    for (const { name, when } of alerts) {
      for (const [, counter, within] of when.matchAll(/increase\((\w+)\[(\w+)\]\)/g))
        expect(when, name).toContain(`${counter} unless ${counter} offset ${within}`)
    }
  })
})

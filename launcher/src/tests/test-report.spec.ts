import { describe, expect, it } from 'vitest'
import { type Failure, addOutcomes, afterRepeat, filesToRepeat, nothingRun, readOutcome } from './test-report.ts'

const passed = (name: string) => ({ fullName: name, status: 'passed', failureMessages: [] })
const failed = (name: string) => ({ fullName: name, status: 'failed', failureMessages: ['expected 1 to be 2'] })
const failure = (file: string | null, test = 'a test'): Failure => ({ file, test, reason: 'because' })
const file = (name: string, status: string, tests: ReturnType<typeof failed | typeof passed>[]) => ({
  name,
  status,
  message: tests.length === 0 ? 'cannot find module' : '',
  assertionResults: tests,
})

describe('what a test run came to', () => {
  it('is that of the report when all went well', () => {
    const report = { numPassedTests: 1, testResults: [file('/a.spec.ts', 'passed', [passed('adds')])] }
    expect(readOutcome(report, 0, 'unit')).toEqual({ passed: 1, failures: [], unsteady: [] })
  })

  it('names each test that failed with its reason, and a file that could not be loaded as one failure', () => {
    const broken = [
      file('/a.spec.ts', 'failed', [failed('adds'), passed('subtracts')]),
      file('/b.spec.ts', 'failed', []),
    ]
    expect(readOutcome({ numPassedTests: 1, testResults: broken }, 1, 'unit')).toEqual({
      passed: 1,
      failures: [
        { file: '/a.spec.ts', test: 'adds', reason: 'expected 1 to be 2' },
        { file: '/b.spec.ts', test: 'the file itself', reason: 'cannot find module' },
      ],
      unsteady: [],
    })
  })

  it('is never without failure when the run failed, whatever the report says', () => {
    expect(readOutcome({ numPassedTests: 5, testResults: [] }, 1, 'unit')).toMatchObject({
      passed: 5,
      failures: [{ file: null, test: 'unit' }],
    })
    expect(readOutcome(undefined, 0, 'e2e').failures).toHaveLength(1)
  })
})

describe('running failed files again', () => {
  it('is for the files of the failures, each once', () => {
    const failures = [failure('/a.spec.ts', 'one'), failure('/a.spec.ts', 'two'), failure('/b.spec.ts')]
    expect(filesToRepeat({ ...nothingRun, failures }, 2)).toEqual(['/a.spec.ts', '/b.spec.ts'])
  })

  it('is not for more files than may fail by chance, nor for a failure of no file', () => {
    const failures = [failure('/a.spec.ts'), failure('/b.spec.ts')]
    expect(filesToRepeat({ ...nothingRun, failures }, 1)).toEqual([])
    expect(filesToRepeat({ ...nothingRun, failures: [failure('/a.spec.ts'), failure(null)] }, 2)).toEqual([])
  })

  it('counts as passed what passes now, tells it as unsteady, and keeps what fails again', () => {
    const first = { passed: 7, failures: [failure('/a.spec.ts', 'one'), failure('/a.spec.ts', 'two')], unsteady: [] }
    const second = { passed: 1, failures: [failure('/a.spec.ts', 'two')], unsteady: [] }
    expect(afterRepeat(first, second)).toEqual({
      passed: 8,
      failures: [failure('/a.spec.ts', 'two')],
      unsteady: [failure('/a.spec.ts', 'one')],
    })
  })

  it('keeps what failed only the second time', () => {
    const first = { passed: 1, failures: [failure('/a.spec.ts', 'one')], unsteady: [] }
    const second = { passed: 1, failures: [failure(null, 'unit')], unsteady: [] }
    expect(afterRepeat(first, second).failures).toEqual([failure(null, 'unit')])
  })
})

it('adds the outcomes of several runs', () => {
  const one = { passed: 1, failures: [failure('/a.spec.ts')], unsteady: [] }
  expect(addOutcomes(one, { passed: 2, failures: [], unsteady: [failure('/b.spec.ts')] })).toEqual({
    passed: 3,
    failures: [failure('/a.spec.ts')],
    unsteady: [failure('/b.spec.ts')],
  })
})

import { describe, expect, it } from 'vitest'
import { countReport } from './test.command.ts'

const file = (status: string, tests: number) => ({ status, assertionResults: Array.from({ length: tests }) })

describe('the closing count of a test run', () => {
  it('is that of the report when all went well', () => {
    const report = { numPassedTests: 12, numFailedTests: 0, success: true, testResults: [file('passed', 12)] }
    expect(countReport(report, 0)).toEqual({ passed: 12, failed: 0 })
  })

  it('counts a file that could not be loaded as one failure', () => {
    const testResults = [file('failed', 3), file('failed', 0)]
    expect(countReport({ numPassedTests: 2, numFailedTests: 1, success: false, testResults }, 1)).toEqual({
      passed: 2,
      failed: 2,
    })
  })

  it('is never without failure when the run failed, whatever the report says', () => {
    const report = { numPassedTests: 5, numFailedTests: 0, success: true, testResults: [] }
    expect(countReport(report, 1)).toEqual({ passed: 5, failed: 1 })
    expect(countReport(undefined, 0)).toEqual({ passed: 0, failed: 1 })
  })
})

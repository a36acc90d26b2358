/**
 * What a run of vitest came to, read from its JSON report: how many passed, and which failed and why.
 * Called by `test`. Must never count a run as good that vitest itself failed.
 */

/** The parts of vitest's JSON report that are read. */
export interface VitestReport {
  readonly numPassedTests: number
  readonly testResults: readonly FileResult[]
}

interface FileResult {
  /** The file, absolute. */
  readonly name: string
  readonly status: string
  /** Why the file could not be run; empty otherwise. */
  readonly message: string
  readonly assertionResults: readonly TestResult[]
}

interface TestResult {
  readonly fullName: string
  readonly status: string
  readonly failureMessages?: readonly string[] | null
}

export interface Failure {
  /** Absolute; null when the run failed outside of any file. */
  readonly file: string | null
  readonly test: string
  readonly reason: string
}

export interface Outcome {
  readonly passed: number
  readonly failures: readonly Failure[]
  /** Failed at first and passed when their files were run again by themselves: told, never hidden. */
  readonly unsteady: readonly Failure[]
}

export const nothingRun: Outcome = { passed: 0, failures: [], unsteady: [] }

export function failedOutside(test: string, reason: string): Outcome {
  return { ...nothingRun, failures: [{ file: null, test, reason }] }
}

export function addOutcomes(left: Outcome, right: Outcome): Outcome {
  return {
    passed: left.passed + right.passed,
    failures: [...left.failures, ...right.failures],
    unsteady: [...left.unsteady, ...right.unsteady],
  }
}

/** A file that failed before its tests could run counts as one failure, and so does a run without a report. */
export function readOutcome(report: VitestReport | undefined, exitCode: number, project: string): Outcome {
  if (report === undefined) return failedOutside(project, 'vitest wrote no report')
  const failures = report.testResults.flatMap(failuresOfFile)
  if (failures.length === 0 && exitCode !== 0) {
    // Vitest also fails a run for errors outside of any test; that must not be lost.
    return { ...failedOutside(project, 'an error outside of any test, printed above'), passed: report.numPassedTests }
  }
  return { passed: report.numPassedTests, failures, unsteady: [] }
}

function failuresOfFile({ name, status, message, assertionResults }: FileResult): Failure[] {
  const failed = assertionResults
    .filter((test) => test.status === 'failed')
    .map((test) => ({ file: name, test: test.fullName, reason: test.failureMessages?.join('\n') ?? '' }))
  if (failed.length === 0 && status === 'failed') return [{ file: name, test: 'the file itself', reason: message }]
  return failed
}

/** The files that may be run again; none when the failures are too many to be chance, or belong to no file. */
export function filesToRepeat({ failures }: Outcome, filesMax: number): readonly string[] {
  const files = new Set(failures.map(({ file }) => file))
  const named = [...files].filter((file) => file !== null)
  return named.length === files.size && named.length <= filesMax ? named : []
}

/** Of the files run again only the second result counts; what failed before and does no longer is unsteady. */
export function afterRepeat(first: Outcome, second: Outcome): Outcome {
  const still = new Set(second.failures.map(keyOf))
  const unsteady = first.failures.filter((failure) => !still.has(keyOf(failure)))
  return { passed: first.passed + unsteady.length, failures: second.failures, unsteady }
}

function keyOf({ file, test }: Failure): string {
  return `${file ?? ''}\n${test}`
}

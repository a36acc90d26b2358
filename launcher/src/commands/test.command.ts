/** `test`: every check and every test, and one closing line that counts them. Must exit 0 only when nothing failed. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command, Option } from 'commander'
import { projectRoot, readJson } from '../home/home.ts'
import { runScript } from '../system/run-script.ts'
import { exitCodes } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { checkScript } from './scripts.command.ts'
import { withExample } from './options.ts'

const projects = ['unit', 'integration', 'e2e'] as const

interface TestOptions {
  readonly only?: 'check' | (typeof projects)[number]
  readonly json: boolean
}

/** The parts of vitest's JSON report that are counted. */
export interface VitestReport {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly success: boolean
  readonly testResults: readonly { readonly status: string; readonly assertionResults: readonly unknown[] }[]
}

export interface Count {
  readonly passed: number
  readonly failed: number
}

export function testCommand(): Command {
  const command = new Command('test')
    .description('run every check and test: source checks, unit, integration and whole-system tests')
    .argument('[paths...]', 'only tests whose file contains one of these texts; leaves the checks out')
    .addOption(new Option('--only <part>', 'run one part').choices(['check', ...projects]))
    .option('--json', 'print the counts as one JSON object at the end instead of the closing line', false)
    .action(runTests)
  return withExample(command, './tradewire test', './tradewire test --only unit', './tradewire test services/orders')
}

async function runTests(paths: readonly string[], { only, json }: TestOptions): Promise<void> {
  const withChecks = only === 'check' || (only === undefined && paths.length === 0)
  const counts: Count[] = []
  if (withChecks) counts.push(await runChecks())
  // One after the other: tests of the whole system want the machine to themselves.
  for (const project of projects.filter((one) => only === undefined || one === only)) {
    counts.push(await runVitest(paths, project))
  }
  const total = counts.reduce(add, { passed: 0, failed: 0 })
  if (total.failed > 0) process.exitCode = exitCodes.failed
  if (json) printJson(total)
  else printLine(`${total.passed} passed, ${total.failed} failed`)
}

function add(left: Count, right: Count): Count {
  return { passed: left.passed + right.passed, failed: left.failed + right.failed }
}

/** All source checks together count as one test. */
async function runChecks(): Promise<Count> {
  if (!existsSync(join(projectRoot, checkScript))) {
    printLine(`${checkScript} is missing`)
    return { passed: 0, failed: 1 }
  }
  return countExit(await runScript([checkScript]))
}

function countExit(exitCode: number): Count {
  return exitCode === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function runVitest(paths: readonly string[], project: string): Promise<Count> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewire-test-'))
  const reportFile = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  // A text that names tests of one project only must not fail the others.
  const args = ['run', ...reporters, '--project', project, '--passWithNoTests']
  try {
    const exitCode = await runScript(['node_modules/vitest/vitest.mjs', ...args, ...paths])
    return countReport(await readJson<VitestReport>(reportFile), exitCode)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A file that failed before its tests could run counts as one failure, and so does a run without a report. */
export function countReport(report: VitestReport | undefined, exitCode: number): Count {
  if (report === undefined) return { passed: 0, failed: 1 }
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  ).length
  const failed = report.numFailedTests + brokenFiles
  // Vitest also fails a run for errors outside of any test; that must not be lost.
  return { passed: report.numPassedTests, failed: failed === 0 && exitCode !== 0 ? 1 : failed }
}

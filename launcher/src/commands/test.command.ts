/**
 * `test`: every check and every test, what failed, and one closing line that counts.
 * Must exit 0 only when nothing failed, and must tell what passed only when it was run again.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { Command, Option } from 'commander'
import { projectRoot, readJson } from '../home/home.ts'
import { runScript } from '../system/run-script.ts'
import { exitCodes } from '../terminal/launcher-error.ts'
import { printJson, printLine } from '../terminal/output.ts'
import {
  type Failure,
  type Outcome,
  type VitestReport,
  addOutcomes,
  afterRepeat,
  failedOutside,
  filesToRepeat,
  nothingRun,
  readOutcome,
} from '../tests/test-report.ts'
import { checkScript } from './handed-over.command.ts'
import { withExample } from './options.ts'

const projects = ['unit', 'integration', 'e2e'] as const
type Project = (typeof projects)[number]
/** More files with failures than this are no chance of a busy machine. */
const repeatedFilesMax = 3
const reasonLinesMax = 12

interface TestOptions {
  readonly only?: 'check' | Project
  readonly json: boolean
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
  let total = nothingRun
  if (only === 'check' || (only === undefined && paths.length === 0)) total = addOutcomes(total, await runChecks())
  // One after the other: tests of the whole system want the machine to themselves.
  for (const project of projects.filter((one) => only === undefined || one === only)) {
    total = addOutcomes(total, await runProject(project, paths))
  }
  if (total.failures.length > 0) process.exitCode = exitCodes.failed
  if (json) printJson({ ...total, failed: total.failures.length })
  else printOutcome(total)
}

/** Last of all, so that whoever sees only the end of a long output sees what matters. */
function printOutcome({ passed, failures, unsteady }: Outcome): void {
  for (const failure of failures) printFailure('failed', failure)
  for (const failure of unsteady) printFailure('failed at first, passed when it was run again', failure)
  const notes = unsteady.length === 0 ? '' : `, ${unsteady.length} of the passed only when run again`
  printLine(`${passed} passed, ${failures.length} failed${notes}`)
}

function printFailure(how: string, { file, test, reason }: Failure): void {
  printLine(`${how}: ${file === null ? '' : `${relative(projectRoot, file)} > `}${test}`)
  const ours = reason.split('\n').filter((line) => !line.includes('/node_modules/'))
  for (const line of ours.slice(0, reasonLinesMax)) printLine(`    ${line}`)
  printLine()
}

/** All source checks together count as one test. */
async function runChecks(): Promise<Outcome> {
  if (!existsSync(join(projectRoot, checkScript))) return failedOutside('checks', `${checkScript} is missing`)
  const exitCode = await runScript([checkScript])
  return exitCode === 0 ? { ...nothingRun, passed: 1 } : failedOutside('checks', 'their findings are printed above')
}

/**
 * Files with failures are run once more by themselves: other work on the machine can make a test run out of its time,
 * and that is not the same as a wrong program. What fails twice has failed.
 */
async function runProject(project: Project, paths: readonly string[]): Promise<Outcome> {
  const first = await runVitest(project, paths)
  const files = filesToRepeat(first, repeatedFilesMax)
  if (files.length === 0) return first
  printLine(`running again by themselves: ${files.map((file) => relative(projectRoot, file)).join(', ')}`)
  return afterRepeat(first, await runVitest(project, [...files, '--no-file-parallelism']))
}

async function runVitest(project: Project, more: readonly string[]): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'tradewire-test-'))
  const reportFile = join(folder, 'report.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`]
  // A text that names tests of one project only must not fail the others.
  const args = ['run', ...reporters, '--project', project, '--passWithNoTests', ...more]
  try {
    const exitCode = await runScript(['node_modules/vitest/vitest.mjs', ...args])
    return readOutcome(await readJson<VitestReport>(reportFile), exitCode, project)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, describe, expect, it } from 'vitest'
import { parseCompile, parseFormat, parseImports, parseLint, parseOwn, parseUnused } from './parsers.ts'
import { runSteps } from './run-steps.ts'
import type { Step } from './step.ts'

const said = (stdout: string, exitCode = 1) => ({ stdout, stderr: '', exitCode })
const json = (value: unknown) => said(JSON.stringify(value))

describe('the parsers', () => {
  it('read path, line, rule and help of lint', () => {
    const diagnostic = {
      message: 'Promises must be awaited',
      code: 'typescript(no-floating-promises)',
      help: 'Add await.',
      filename: 'libs/bus/src/relay.ts',
      labels: [{ span: { line: 7 } }],
    }
    expect(parseLint(json({ number_of_files: 3, diagnostics: [diagnostic] }))).toEqual({
      seen: '3 files',
      findings: [
        {
          path: 'libs/bus/src/relay.ts',
          line: 7,
          rule: 'typescript(no-floating-promises)',
          message: 'Promises must be awaited',
          mend: 'Add await.',
        },
      ],
    })
  })

  it('read the place of a compiler error and leave its continuation lines', () => {
    const output = said("libs/bus/src/relay.ts(12,3): error TS2322: Type 'a' is not\n  assignable to type 'b'.\n")
    expect(parseCompile(output).findings).toMatchObject([{ path: 'libs/bus/src/relay.ts', line: 12, rule: 'TS2322' }])
  })

  it('read every unformatted file', () => {
    expect(parseFormat(said('a.ts\nb.ts\n')).findings.map(({ path }) => path)).toEqual(['a.ts', 'b.ts'])
  })

  it('read imports with the comment of their rule as the way to mend them', () => {
    const rule = { name: 'no-cycles', comment: 'Break it.' }
    const violation = {
      from: 'a.ts',
      to: 'b.ts',
      rule: { name: 'no-cycles' },
      cycle: [{ name: 'b.ts' }, { name: 'a.ts' }],
    }
    const summary = { totalCruised: 2, violations: [violation], ruleSetUsed: { forbidden: [rule] } }
    expect(parseImports(json({ summary })).findings).toMatchObject([
      { message: 'a.ts -> b.ts -> a.ts', mend: 'Break it.' },
    ])
  })

  it('tell of one import that closes many cycles by the shortest of them, behind what other rules say of it', () => {
    const cycleOf = (...names: string[]) => ({
      from: names[0],
      to: names[1],
      rule: { name: 'no-cycles' },
      cycle: [...names.slice(1), names[0]].map((name) => ({ name })),
    })
    const inward = { from: 'domain.ts', to: 'store.ts', rule: { name: 'inward' } }
    const violations = [
      cycleOf('port.ts', 'plan.ts', 'domain.ts', 'store.ts'),
      cycleOf('domain.ts', 'store.ts', 'port.ts'),
      cycleOf('store.ts', 'port.ts', 'domain.ts'),
      cycleOf('x.ts', 'y.ts'),
      inward,
    ]
    const summary = { totalCruised: 6, violations, ruleSetUsed: { forbidden: [] } }
    expect(parseImports(json({ summary })).findings.map(({ message }) => message)).toEqual([
      'imports store.ts',
      'x.ts -> y.ts -> x.ts',
      'domain.ts -> store.ts -> port.ts -> domain.ts',
    ])
  })

  it('read unused files, exports and dependencies', () => {
    const issues = [
      {
        file: 'libs/a/src/x.ts',
        files: [{ name: 'libs/a/src/x.ts' }],
        exports: [{ name: 'value', line: 3 }],
        dependencies: [],
      },
      { file: 'package.json', dependencies: [{ name: 'left', line: 9 }] },
    ]
    const rules = parseUnused(json({ issues })).findings.map(({ path, line, rule }) => `${path}:${line} ${rule}`)
    expect(rules).toEqual([
      'libs/a/src/x.ts:0 unused-files',
      'libs/a/src/x.ts:3 unused-exports',
      'package.json:9 unused-dependencies',
    ])
  })

  it('read the last line of our own commands, whatever was printed before', () => {
    expect(parseOwn(said('a warning\n{"seen":"2 files","findings":[]}\n', 0))).toEqual({
      seen: '2 files',
      findings: [],
    })
  })

  it.each([parseLint, parseCompile, parseFormat, parseImports, parseUnused, parseOwn])(
    'never pass a tool that failed without a readable word (%o)',
    (parse) => {
      expect(parse({ stdout: '', stderr: 'Segmentation fault', exitCode: 139 }).findings).toMatchObject([
        { message: 'Segmentation fault' },
      ])
    },
  )
})

describe('the runner', () => {
  const folder = mkdtempSync(`${tmpdir()}/tradewire-runner-`)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const printing = (findings: number): string => {
    const finding = { path: 'a.ts', line: 1, rule: 'r', message: 'm', mend: 'n' }
    return `console.log(${JSON.stringify(JSON.stringify({ seen: '', findings: Array.from({ length: findings }, () => finding) }))})`
  }
  const step = (name: string, findings: number, more: Partial<Step> = {}): Step => ({
    name,
    about: '',
    command: ['-e', printing(findings)],
    parse: parseOwn,
    ...more,
  })

  it('runs all steps, reports them in their own order, and skips what needs a failed one', async () => {
    const steps = [
      step('docs', 0, { after: 'compile', needsIt: true }),
      step('lint', 0, { after: 'compile' }),
      step('compile', 2),
      step('tidy', 0),
    ]
    const reports = await runSteps(folder, steps, () => undefined)
    expect(reports.map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'docs skipped',
      'lint ok',
      'compile failed',
      'tidy ok',
    ])
  })

  it('does not wait for a step that was not chosen', async () => {
    const reports = await runSteps(folder, [step('lint', 0, { after: 'compile' })], () => undefined)
    expect(reports.map(({ verdict }) => verdict)).toEqual(['ok'])
  })
})

/** How each tool's output becomes findings. Called by the steps and their spec. Must never drop what it cannot read. */
import { z } from 'zod'
import type { Finding } from '../finding.ts'
import type { Parsed, StepOutput } from './step.ts'

const tailLines = 20

/** A tool that failed without one readable finding: its last words are the finding. */
export function orLastWords(parsed: Parsed, output: StepOutput, rule: string): Parsed {
  if (output.exitCode === 0 || parsed.findings.length > 0) return parsed
  const words = `${output.stdout}\n${output.stderr}`.trim().split('\n').slice(-tailLines).join('\n    ')
  const message = words === '' ? `ended with ${output.exitCode} and said nothing` : words
  return {
    ...parsed,
    findings: [{ path: '.', line: 0, rule, message, mend: 'run the step by itself and read its output' }],
  }
}

const ownOutput = z.object({
  seen: z.string(),
  findings: z.array(
    z.object({ path: z.string(), line: z.number(), rule: z.string(), message: z.string(), mend: z.string() }),
  ),
})

/** The JSON of our own commands; it is the last line, whatever a loaded module printed before. */
export function parseOwn(output: StepOutput): Parsed {
  const last = output.stdout.trim().split('\n').at(-1) ?? ''
  const parsed = ownOutput.safeParse(jsonOf(last))
  return parsed.success
    ? parsed.data
    : orLastWords({ seen: '', findings: [] }, { ...output, exitCode: output.exitCode || 1 }, 'check')
}

const lintOutput = z.object({
  number_of_files: z.number(),
  diagnostics: z.array(
    z.object({
      message: z.string(),
      code: z.string().optional(),
      help: z.string().optional(),
      filename: z.string(),
      labels: z.array(z.object({ span: z.object({ line: z.number() }) })),
    }),
  ),
})

export function parseLint(output: StepOutput): Parsed {
  const parsed = lintOutput.safeParse(jsonOf(output.stdout))
  if (!parsed.success)
    return orLastWords({ seen: '', findings: [] }, { ...output, exitCode: output.exitCode || 1 }, 'lint')
  const findings = parsed.data.diagnostics.map(({ message, code, help, filename, labels }) => ({
    path: filename,
    line: labels[0]?.span.line ?? 0,
    rule: code ?? 'lint',
    message,
    mend: help ?? 'change the code, or disable the rule on that line with the reason beside it',
  }))
  return orLastWords({ seen: `${parsed.data.number_of_files} files`, findings }, output, 'lint')
}

export function parseFormat(output: StepOutput): Parsed {
  const paths = output.stdout.split('\n').map((line) => line.trim())
  const findings = paths
    .filter((path) => path !== '')
    .map((path) => ({ path, line: 0, rule: 'format', message: 'is not formatted', mend: 'pnpm format' }))
  return orLastWords({ seen: '', findings }, output, 'format')
}

const importsOutput = z.object({
  summary: z.object({
    totalCruised: z.number(),
    violations: z.array(
      z.object({
        from: z.string(),
        to: z.string(),
        rule: z.object({ name: z.string() }),
        cycle: z.array(z.object({ name: z.string() })).optional(),
      }),
    ),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string(), comment: z.string().optional() })) }),
  }),
})

export function parseImports(output: StepOutput): Parsed {
  const parsed = importsOutput.safeParse(jsonOf(output.stdout))
  if (!parsed.success)
    return orLastWords({ seen: '', findings: [] }, { ...output, exitCode: output.exitCode || 1 }, 'imports')
  const { totalCruised, violations, ruleSetUsed } = parsed.data.summary
  const mends = new Map(ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment]))
  const plain = violations.filter(({ cycle }) => cycle === undefined)
  const findings = [...plain, ...cyclesApart(violations)].map(({ from, to, rule, cycle }) => ({
    path: from,
    line: 0,
    rule: rule.name,
    message: cycle === undefined ? `imports ${to}` : modulesOf({ from, cycle }).join(' -> '),
    mend: mends.get(rule.name) ?? 'see docs/style.md, rule 3',
  }))
  return { seen: `${totalCruised} modules`, findings }
}

interface Violation {
  readonly from: string
  readonly cycle?: readonly { readonly name: string }[] | undefined
}

function modulesOf({ from, cycle = [] }: Violation): string[] {
  return [from, ...cycle.map(({ name }) => name)]
}

/** The shortest cycles of which no two share an import: one import that goes the wrong way closes dozens. */
function cyclesApart<Known extends Violation>(violations: readonly Known[]): Known[] {
  const told = new Set<string>()
  return violations
    .filter(({ cycle }) => cycle !== undefined)
    .toSorted((left, right) => modulesOf(left).length - modulesOf(right).length)
    .filter((violation) => {
      const modules = modulesOf(violation)
      const imports = modules.slice(1).map((to, index) => `${modules[index]} ${to}`)
      if (imports.some((one) => told.has(one))) return false
      for (const one of imports) told.add(one)
      return true
    })
}

const unusedEntry = z.array(z.object({ name: z.string(), line: z.number().optional() }))
const unusedOutput = z.object({ issues: z.array(z.looseObject({ file: z.string() })) })

const UNUSED_KINDS: Readonly<Record<string, string>> = {
  files: 'nothing imports this file',
  dependencies: 'unused dependency',
  devDependencies: 'unused development dependency',
  unlisted: 'imported, but not in this package.json',
  unresolved: 'leads nowhere',
  exports: 'exported, but used nowhere else',
  types: 'type exported, but used nowhere else',
  enumMembers: 'unused member',
  duplicates: 'exported twice',
  catalog: 'in the catalog, but no package uses it',
  catalogReferences: 'refers to no entry of the catalog',
  binaries: 'a script calls a command that no dependency brings',
}

export function parseUnused(output: StepOutput): Parsed {
  const parsed = unusedOutput.safeParse(jsonOf(output.stdout))
  if (!parsed.success)
    return orLastWords({ seen: '', findings: [] }, { ...output, exitCode: output.exitCode || 1 }, 'unused')
  const findings = parsed.data.issues.flatMap((issue) =>
    Object.entries(UNUSED_KINDS).flatMap(([kind, words]): Finding[] => {
      const entries = unusedEntry.safeParse(issue[kind])
      if (!entries.success) return []
      return entries.data.map(({ name, line }) => ({
        path: issue.file,
        line: line ?? 0,
        rule: `unused-${kind}`,
        message: kind === 'files' ? words : `${name}: ${words}`,
        mend: 'remove it, or use it; an entry that tools cannot see goes to knip.jsonc with the reason',
      }))
    }),
  )
  return orLastWords({ seen: '', findings }, output, 'unused')
}

const COMPILER_LINE = /^(.+?)\((\d+),\d+\): error (TS\d+): (.*)$/

export function parseCompile(output: StepOutput): Parsed {
  const findings = output.stdout.split('\n').flatMap((line): Finding[] => {
    const match = COMPILER_LINE.exec(line)
    if (match === null) return []
    const [, path = '', at = '0', code = '', message = ''] = match
    return [{ path, line: Number(at), rule: code, message, mend: 'pnpm build shows the whole message' }]
  })
  return orLastWords({ seen: '', findings }, output, 'compile')
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** All tidy rules over a set of files. Called by the tidy command and its spec. Must never write. */
import type { Finding } from '../finding.ts'
import { allowancesOf, covers, type Allowance } from './allowances.ts'
import { first, judge, measure, ruleOf, shrink, type Baseline, type Excess } from './ratchet.ts'
import type { Rule, Vocabulary } from './rule.ts'
import { headComment, noCommentedOutCode, noLeftOvers } from './rules/comments.ts'
import { noBarrel, noDefaultExport } from './rules/exports.ts'
import { fileRoles } from './rules/file-roles.ts'
import { forbiddenCalls, forbiddenImports, noLazyImport, noNestNats } from './rules/forbidden.ts'
import { namedLimits } from './rules/limits.ts'
import { noSubjectLiterals, oneExecute } from './rules/names.ts'
import { noSleepInTests, noSwitchedTests } from './rules/tests.ts'
import type { Source } from './source.ts'

export const rules: readonly Rule[] = [
  fileRoles,
  headComment,
  noLeftOvers,
  noCommentedOutCode,
  noDefaultExport,
  noBarrel,
  forbiddenCalls,
  forbiddenImports,
  noNestNats,
  noLazyImport,
  namedLimits,
  noSubjectLiterals,
  oneExecute,
  noSwitchedTests,
  noSleepInTests,
]

export interface TidyReport {
  readonly findings: readonly Finding[]
  /** The baseline as it could be now. */
  readonly shrunk: Baseline
  /** What the baseline would be if there were none. */
  readonly first: Baseline
}

export function tidy(sources: readonly Source[], vocabulary: Vocabulary, baseline: Baseline): TidyReport {
  const findings: Finding[] = []
  const excesses: Excess[] = []
  for (const source of sources) {
    const checked = checkSource(source, vocabulary)
    findings.push(...checked.findings)
    excesses.push(...checked.excesses)
  }
  findings.push(...judge(excesses, baseline))
  return { findings, shrunk: shrink(excesses, baseline), first: first(excesses) }
}

export interface CheckedSource {
  readonly findings: readonly Finding[]
  /** Sizes above their limits; the baseline decides whether they may stay. */
  readonly excesses: readonly Excess[]
}

/** All rules on one file, less what its own comments allow; an allowance that allows nothing is a finding. */
export function checkSource(source: Source, vocabulary: Vocabulary): CheckedSource {
  const allowances = allowancesOf(source)
  const used = new Set<Allowance>()
  const isAllowed = (rule: string, line: number) => {
    const allowance = allowances.find((candidate) => covers(candidate, rule, line))
    if (allowance !== undefined) used.add(allowance)
    return allowance !== undefined
  }
  const found = rules.flatMap((rule) => runRule(rule, source, vocabulary))
  const findings = found.filter(({ rule, line }) => !isAllowed(rule, line))
  const excesses = measure(source).filter((excess) => !isAllowed(ruleOf(excess), excess.line))
  const idle = allowances.filter((allowance) => !used.has(allowance))
  return { findings: [...findings, ...idle.map((allowance) => idleFinding(source, allowance))], excesses }
}

function idleFinding(source: Source, { line, rule }: Allowance): Finding {
  return {
    path: source.path,
    line,
    rule: 'idle-allowance',
    message: `tidy-allow ${rule} allows nothing here, or gives no reason`,
    mend: 'remove it, or write why the rule does not hold here',
  }
}

export function runRule(rule: Rule, source: Source, vocabulary: Vocabulary): Finding[] {
  if (!rule.applies(source)) return []
  return rule
    .check(source, vocabulary)
    .map(({ line, message }) => ({ path: source.path, line, rule: rule.name, message, mend: rule.mend }))
}

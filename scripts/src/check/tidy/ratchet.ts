/**
 * Style rule 12 as a ratchet: what is longer than the limit may stay as long as the baseline says, and only shrink.
 * Called by the tidy runner. Must never raise a figure of the baseline.
 */
import ts from 'typescript'
import type { Finding } from '../finding.ts'
import { publicMethodsOf } from './rules/names.ts'
import { lineOf, lineOfNode, walk, wordsOf, type Source } from './source.ts'

export const limits = {
  functionLines: 70,
  fileLines: 400,
  parameters: 4,
  constructorDependencies: 5,
  useCaseMethods: 1,
} as const

export type Measure = keyof typeof limits

/** One figure above its limit. */
export interface Excess {
  readonly path: string
  readonly line: number
  readonly measure: Measure
  /** The function's name, or the file's own for file length. */
  readonly name: string
  readonly figure: number
}

/** The rule's name as findings and allowances say it: ratchet-function-lines. */
export function ruleOf(excess: Excess): string {
  return `ratchet-${wordsOf(excess.measure).join('-')}`
}

/** `path measure name` -> figure. */
export type Baseline = Readonly<Record<string, number>>

export function keyOf(excess: Excess): string {
  return `${excess.path} ${excess.measure} ${excess.name}`
}

/** Everything in the file that is above a limit. */
export function measure(source: Source): Excess[] {
  const excesses: Excess[] = []
  const add = (kind: Measure, name: string, line: number, figure: number) => {
    if (figure > limits[kind]) excesses.push({ path: source.path, line, measure: kind, name, figure })
  }
  const fileLines = source.text.split('\n').length - (source.text.endsWith('\n') ? 1 : 0)
  add('fileLines', 'file', 1, fileLines)
  add('useCaseMethods', 'use case', 1, publicMethodsOf(source).length)
  walk(source.tree, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return
    const name = nameOf(node)
    const line = lineOfNode(source, node)
    const isConstructor = ts.isConstructorDeclaration(node)
    // A describe() callback holds tests and a property takes what it is given: their sizes say nothing.
    if (source.isTest) return
    add(isConstructor ? 'constructorDependencies' : 'parameters', name, line, node.parameters.length)
    add('functionLines', name, line, lineOf(source, node.getEnd()) - line + 1)
  })
  return excesses
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (ts.isConstructorDeclaration(node)) return `${classNameOf(node)}.constructor`
  if (node.name !== undefined) {
    const prefix = ts.isClassLike(node.parent) ? `${classNameOf(node)}.` : ''
    return `${prefix}${node.name.getText()}`
  }
  const owner = node.parent
  if ((ts.isVariableDeclaration(owner) || ts.isPropertyAssignment(owner)) && owner.name !== undefined)
    return owner.name.getText()
  if (ts.isCallExpression(owner)) return `${owner.expression.getText().split('\n')[0] ?? 'call'}()`
  return 'anonymous'
}

function classNameOf(node: ts.Node): string {
  return ts.isClassLike(node.parent) ? (node.parent.name?.text ?? 'class') : 'object'
}

const WORDS: Readonly<Record<Measure, string>> = {
  functionLines: 'lines in one function',
  fileLines: 'lines in one file',
  parameters: 'parameters',
  constructorDependencies: 'constructor dependencies',
  useCaseMethods: 'public methods in a use case',
}

/** Figures above limit and baseline, and baseline figures that are larger than the code. */
export function judge(excesses: readonly Excess[], baseline: Baseline): Finding[] {
  const worst = worstByKey(excesses)
  const findings: Finding[] = []
  for (const [key, excess] of worst) {
    const allowed = baseline[key]
    if (allowed !== undefined && excess.figure <= allowed) continue
    findings.push({
      path: excess.path,
      line: excess.line,
      rule: ruleOf(excess),
      message: `${excess.name}: ${excess.figure} ${WORDS[excess.measure]}; the limit is ${allowed ?? limits[excess.measure]}`,
      mend:
        excess.measure === 'useCaseMethods'
          ? 'one use case is one class with one public method, execute: split it'
          : 'split it: branch in the parent, compute in pure leaves',
    })
  }
  return findings
}

/** The baseline lowered to what the code is now; entries that are gone or within the limit are dropped. */
export function shrink(excesses: readonly Excess[], baseline: Baseline): Baseline {
  const worst = worstByKey(excesses)
  const kept = Object.entries(baseline).flatMap(([key, allowed]): [string, number][] => {
    const excess = worst.get(key)
    return excess === undefined ? [] : [[key, Math.min(allowed, excess.figure)]]
  })
  return Object.fromEntries(kept.toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

/** The first baseline of a tree: every figure above its limit, as it is. Used only where there is none. */
export function first(excesses: readonly Excess[]): Baseline {
  const entries = [...worstByKey(excesses)].map(([key, { figure }]): [string, number] => [key, figure])
  return Object.fromEntries(entries.toSorted(([left], [right]) => (left < right ? -1 : 1)))
}

function worstByKey(excesses: readonly Excess[]): Map<string, Excess> {
  const worst = new Map<string, Excess>()
  for (const excess of excesses) {
    const key = keyOf(excess)
    const known = worst.get(key)
    if (known === undefined || known.figure < excess.figure) worst.set(key, excess)
  }
  return worst
}

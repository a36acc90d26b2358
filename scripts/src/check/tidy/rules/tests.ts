/** Style rule 19: no test is switched off, none sleeps to wait. */
import ts from 'typescript'
import type { Rule, Violation } from '../rule.ts'
import { lineOfNode, walk, type Source } from '../source.ts'

const RUNNERS = new Set(['it', 'test', 'describe', 'suite', 'bench'])
const SWITCHES = new Set(['only', 'skip', 'todo', 'fails'])
const OLD_SWITCHES = new Set(['xit', 'xtest', 'xdescribe', 'fit', 'fdescribe'])

export const noSwitchedTests: Rule = {
  name: 'no-switched-tests',
  mend: 'run it or delete it',
  applies: (source) => source.isTest,
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    walk(source.tree, (node) => {
      const name = switchName(node)
      if (name !== undefined) found.push({ line: lineOfNode(source, node), message: `${name} changes which tests run` })
    })
    return found
  },
}

function switchName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    const { text } = node.expression
    return RUNNERS.has(text) && SWITCHES.has(node.name.text) ? `${text}.${node.name.text}` : undefined
  }
  if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && OLD_SWITCHES.has(node.expression.text)) {
    return node.expression.text
  }
  return undefined
}

export const noSleepInTests: Rule = {
  name: 'no-sleep-in-tests',
  mend: 'poll the condition with a limit: eventually() of @tradewire/testkit',
  applies: (source) => source.isTest && source.path !== 'libs/testkit/src/eventually.ts',
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    const promised = importsPromisedTimers(source)
    walk(source.tree, (node) => {
      if (isSleep(node, promised))
        found.push({ line: lineOfNode(source, node), message: 'a test must not sleep to wait' })
    })
    return found
  },
}

function importsPromisedTimers(source: Source): boolean {
  return source.tree.statements.some(
    (statement) =>
      ts.isImportDeclaration(statement) &&
      ts.isStringLiteral(statement.moduleSpecifier) &&
      statement.moduleSpecifier.text === 'node:timers/promises',
  )
}

/** `await sleep(..)`, `await delay(..)`, a promised setTimeout, or setTimeout(resolve) inside a new Promise. */
function isSleep(node: ts.Node, promised: boolean): boolean {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return false
  const called = node.expression.text
  if (['sleep', 'delay', 'wait'].includes(called)) return ts.isAwaitExpression(node.parent)
  if (called !== 'setTimeout') return false
  if (promised) return true
  const waker = node.arguments[0]
  return waker !== undefined && ts.isIdentifier(waker) && isInsidePromise(node)
}

function isInsidePromise(node: ts.Node): boolean {
  for (let parent = node.parent; parent !== undefined; parent = parent.parent) {
    if (ts.isNewExpression(parent) && ts.isIdentifier(parent.expression)) return parent.expression.text === 'Promise'
    if (ts.isFunctionDeclaration(parent)) return false
  }
  return false
}

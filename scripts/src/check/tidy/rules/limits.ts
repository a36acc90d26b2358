/** Style rule 14: every queue, loop, retry, page, batch and timeout has a named limit with its unit last. */
import ts from 'typescript'
import type { Rule, Violation } from '../rule.ts'
import { isShipped, lineOfNode, walk, wordsOf, type Source } from '../source.ts'

/** A bare number from here on is a limit, a size or a time: it needs a name. */
const bareNumberMax = 999

const LIMIT_WORDS = new Set(['timeout', 'interval', 'delay', 'limit', 'max', 'ttl', 'backoff', 'deadline', 'retries'])
const UNIT_WORDS = new Set(
  (
    'ms us ns bps max min default count percent ratio factor port length size width height version epoch seed status ' +
    'code id key offset scale precision weight capacity largest smallest second minute hour day week'
  ).split(' '),
)

/** Units of measure: a table whose own name ends with one gives it to the numbers inside. */
const MEASURES = new Set('ms seconds minutes hours days bytes rows characters percent count max min'.split(' '))

function isMeasure(name: string): boolean {
  const words = wordsOf(name)
  return words.length > 1 && MEASURES.has(words.at(-1) ?? '')
}

function hasUnit(name: string): boolean {
  const words = wordsOf(name)
  const last = words.at(-1) ?? ''
  const named = words.length > 1 || !LIMIT_WORDS.has(last)
  return named && (UNIT_WORDS.has(last) || (last.endsWith('s') && !last.endsWith('ss')) || words.includes('per'))
}

type Named =
  | ts.VariableDeclaration
  | ts.PropertyDeclaration
  | ts.PropertyAssignment
  | ts.ParameterDeclaration
  | ts.EnumMember

function isNamed(node: ts.Node): node is Named {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isParameter(node) ||
    ts.isEnumMember(node)
  )
}

/** The names of the constants, properties and parameters whose value the number is part of, innermost first. */
function namesOf(literal: ts.Node): string[] {
  const names: string[] = []
  for (let node = literal.parent; !ts.isSourceFile(node); node = node.parent) {
    if (isNamed(node)) names.push(node.name.getText().replaceAll(/['"]/g, ''))
    else if (ts.isFunctionLike(node) || ts.isBlock(node)) break
  }
  return names
}

function isPowerOfTen(value: number): boolean {
  return Number.isInteger(Math.log10(value))
}

/** 1000 between milliseconds and seconds is a unit, not a limit; so are 1e6 and 1e9 as factors. */
function isUnitConversion(literal: ts.NumericLiteral, value: number): boolean {
  const parent = literal.parent
  if (!ts.isBinaryExpression(parent) || !isPowerOfTen(value)) return false
  return [ts.SyntaxKind.AsteriskToken, ts.SyntaxKind.SlashToken, ts.SyntaxKind.PercentToken].includes(
    parent.operatorToken.kind,
  )
}

function isExempt(literal: ts.NumericLiteral, text: string, value: number): boolean {
  if (/^0[xbo]/i.test(text)) return true
  if (ts.isPrefixUnaryExpression(literal.parent) || ts.isLiteralTypeNode(literal.parent)) return true
  if (ts.isPropertyAssignment(literal.parent) && literal.parent.name === literal) return true
  return isUnitConversion(literal, value) || isSchemaBound(literal) || isInside(literal, ['example', 'examples'])
}

const SCHEMA_BOUNDS = new Set(['min', 'max', 'gt', 'gte', 'lt', 'lte', 'length', 'multipleOf', 'default'])

/** `z.string().max(2_000)`: the schema is the limit's declaration, and the generated pages show it. */
function isSchemaBound(literal: ts.NumericLiteral): boolean {
  const call = literal.parent
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false
  const { name, expression } = call.expression
  return SCHEMA_BOUNDS.has(name.text) && !(ts.isIdentifier(expression) && expression.text === 'Math')
}

function isInside(literal: ts.Node, names: readonly string[]): boolean {
  for (let node = literal.parent; node !== undefined; node = node.parent) {
    if ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && names.includes(node.name.getText()))
      return true
  }
  return false
}

function checkLarge(literal: ts.NumericLiteral, text: string): string | undefined {
  const [name, ...outer] = namesOf(literal)
  if (name === undefined) return `${text} has no name`
  // `leverage: { max: 125 }` reads as one name.
  const isNamed = hasUnit(name) || hasUnit([outer[0] ?? '', name].join('-')) || outer.some(isMeasure)
  return isNamed ? undefined : `"${name}" = ${text} does not say its unit`
}

/** Files that speak someone else's protocol carry its field names, and its numbers under them. */
function speaksForVenue(source: Source): boolean {
  return /\.(wire|map)\.ts$|\/surfaces\//.test(source.path)
}

/** None and one are no limits: they switch something off or on. */
const switchMax = 1

/** Small numbers count only where the name itself says "limit" and the number is the whole value. */
function checkSmall(literal: ts.NumericLiteral, text: string): string | undefined {
  const owner = literal.parent
  if (!ts.isVariableDeclaration(owner) && !ts.isPropertyDeclaration(owner) && !ts.isPropertyAssignment(owner))
    return undefined
  if (owner.initializer !== literal || ts.isComputedPropertyName(owner.name)) return undefined
  if (ts.isVariableDeclaration(owner) && (owner.parent.flags & ts.NodeFlags.Const) === 0) return undefined
  const name = owner.name.getText()
  if (!wordsOf(name).some((word) => LIMIT_WORDS.has(word)) || hasUnit(name)) return undefined
  const [, outer] = namesOf(literal)
  if (outer !== undefined && hasUnit(`${outer}-${name}`)) return undefined
  return `"${name}" = ${text} does not say its unit`
}

export const namedLimits: Rule = {
  name: 'named-limits',
  mend: 'make it a constant with its unit last: ackWaitMs, retriesMax, batchRows, bodyBytes',
  applies: isShipped,
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    walk(source.tree, (node) => {
      if (!ts.isNumericLiteral(node)) return
      const text = node.getText(source.tree)
      const value = Number(text.replaceAll('_', ''))
      if (isExempt(node, text, value) || (ts.isPropertyAssignment(node.parent) && speaksForVenue(source))) return
      const message =
        value > bareNumberMax ? checkLarge(node, text) : value > switchMax ? checkSmall(node, text) : undefined
      if (message !== undefined) found.push({ line: lineOfNode(source, node), message })
    })
    return found
  },
}

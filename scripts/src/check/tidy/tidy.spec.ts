import { describe, expect, it } from 'vitest'
import { fixturesOf } from './fixtures.ts'
import { first, judge, measure, shrink } from './ratchet.ts'
import type { Vocabulary } from './rule.ts'
import { sourceOf } from './source.ts'
import { checkSource, rules, runRule } from './tidy.ts'

const vocabulary: Vocabulary = {
  eventNames: new Set(['trade.opened', 'order.submit']),
  rpcNames: new Set(['orders.brackets.list']),
}

describe('every tidy rule', () => {
  for (const rule of rules) {
    const fixtures = fixturesOf(rule.name)

    it(`${rule.name} has a good and a bad fixture`, () => {
      expect(new Set(fixtures.map((fixture) => fixture.verdict))).toEqual(new Set(['good', 'bad']))
    })

    it.each(fixtures.map((fixture, index) => ({ ...fixture, index })))(
      `${rule.name} speaks on the expected lines of fixture $index ($verdict, $path)`,
      (fixture) => {
        const findings = runRule(rule, sourceOf(fixture.path, fixture.text), vocabulary)
        expect(findings.map((finding) => finding.line)).toEqual(fixture.lines)
        expect(fixture.lines.length > 0).toBe(fixture.verdict === 'bad')
      },
    )
  }
})

describe('an allowance', () => {
  const path = 'services/orders/src/domain/age.ts'
  const withComment = (comment: string) =>
    checkSource(
      sourceOf(path, `/** The age of an order. Called by plan-orders. */\n${comment}\nexport const now = Date.now()\n`),
      vocabulary,
    ).findings

  it('covers its rule on the next line when it gives a reason', () => {
    expect(withComment('// tidy-allow forbidden-calls: measures the clock itself')).toEqual([])
  })

  it('covers nothing without a reason, and is itself a finding', () => {
    const found = withComment('// tidy-allow forbidden-calls: ok').map((finding) => finding.rule)
    expect(found).toEqual(['forbidden-calls', 'idle-allowance'])
  })

  it('is a finding when nothing is wrong', () => {
    const found = withComment('// tidy-allow no-barrel: measures the clock itself').map((finding) => finding.rule)
    expect(found).toEqual(['forbidden-calls', 'idle-allowance'])
  })
})

describe('the ratchet', () => {
  const longFunction = (lines: number) => `export function long() {\n${'  work()\n'.repeat(lines - 2)}}\n`
  const excessesOf = (text: string) => measure(sourceOf('libs/kernel/src/long.ts', text))

  it('lets a function have 70 lines', () => {
    expect(judge(excessesOf(longFunction(70)), {})).toEqual([])
  })

  it('refuses a function of 71 lines', () => {
    expect(judge(excessesOf(longFunction(71)), {}).map((finding) => finding.rule)).toEqual(['ratchet-function-lines'])
  })

  it('lets an old long function stay, but not grow', () => {
    const baseline = { 'libs/kernel/src/long.ts functionLines long': 90 }
    expect(judge(excessesOf(longFunction(90)), baseline)).toEqual([])
    expect(judge(excessesOf(longFunction(91)), baseline)).toHaveLength(1)
  })

  it('counts parameters, constructor dependencies and the lines of a file', () => {
    const wide = 'export function wide(a: 1, b: 1, c: 1, d: 1, e: 1) {}\n'
    const needy = 'export class Needy { constructor(a: 1, b: 1, c: 1, d: 1, e: 1, f: 1) {} }\n'
    const rulesOf = (text: string) => judge(excessesOf(text), {}).map((finding) => finding.rule)
    expect(rulesOf(wide)).toEqual(['ratchet-parameters'])
    expect(rulesOf(needy)).toEqual(['ratchet-constructor-dependencies'])
    expect(rulesOf('\n'.repeat(401))).toEqual(['ratchet-file-lines'])
  })

  it('lets a function stay that gives its reason', () => {
    const forced =
      '// tidy-allow ratchet-parameters: the signature is that of the base class\nexport function wide(a: 1, b: 1, c: 1, d: 1, e: 1) {}\n'
    const source = sourceOf('scripts/src/wide.ts', forced)
    expect(checkSource(source, vocabulary)).toEqual({ findings: [], excesses: [] })
  })

  it('counts the public methods of a use case, over all classes that it exports', () => {
    const path = 'services/orders/src/use-cases/plan-orders/plan-orders.use-case.ts'
    const doors = 'export class PlanOrders {\n  execute() {}\n  private load() {}\n}\n'
    const more = `${doors}export class Helper {\n  help() {}\n}\n`
    expect(judge(measure(sourceOf(path, doors)), {})).toEqual([])
    expect(judge(measure(sourceOf(path, more)), {}).map((finding) => finding.rule)).toEqual([
      'ratchet-use-case-methods',
    ])
  })

  it('takes what is there when there is no baseline yet', () => {
    expect(first(excessesOf(longFunction(95)))).toEqual({ 'libs/kernel/src/long.ts functionLines long': 95 })
  })

  it('lowers and drops baseline figures, and never adds or raises one', () => {
    const key = 'libs/kernel/src/long.ts functionLines long'
    expect(shrink(excessesOf(longFunction(80)), { [key]: 90, 'libs/gone.ts fileLines file': 500 })).toEqual({
      [key]: 80,
    })
    expect(shrink(excessesOf(longFunction(95)), { [key]: 90 })).toEqual({ [key]: 90 })
    expect(shrink(excessesOf(longFunction(95)), {})).toEqual({})
  })
})

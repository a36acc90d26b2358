import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { repositoryRoot } from '../check/repository.ts'
import { sourceOf } from '../check/tidy/source.ts'
import { checkSource } from '../check/tidy/tidy.ts'
import { repositoryAt, textsOf } from './apply.ts'
import { planBroker } from './broker.ts'
import { planEvent } from './event.ts'
import { NameError } from './names.ts'
import type { Plan } from './plan.ts'
import { planService } from './service.ts'
import { planUseCase } from './use-case.ts'

const compileMs = 60_000
const root = repositoryRoot()
const repository = repositoryAt(root)

/** Existing files of the repository under the texts of all plans; nothing is written there. */
const plans: Readonly<Record<string, Plan>> = {
  service: planService(repository, 'price-alerts'),
  'use-case': planUseCase(repository, 'orders', 'split-position'),
  event: planEvent(repository, 'orders', 'trade.amended'),
  'event of a new owner': planEvent(repository, 'price-alerts', 'alert.raised'),
  broker: planBroker('kraken-futures'),
}
const texts = new Map(Object.values(plans).flatMap((plan) => [...textsOf(plan, repository)]))
const sources = [...texts].filter(([path]) => path.endsWith('.ts'))

/** Compiles the generated files as if they stood in the repository; packages are found as the services find theirs. */
function diagnose(): string[] {
  const { options } = ts.convertCompilerOptionsFromJson(
    (JSON.parse(readFileSync(join(root, 'tsconfig.base.json'), 'utf8')) as { compilerOptions: object }).compilerOptions,
    root,
  )
  const settings: ts.CompilerOptions = {
    ...options,
    noEmit: true,
    composite: false,
    incremental: false,
    customConditions: ['source'],
  }
  const host = ts.createCompilerHost(settings)
  const overlay = new Map(sources.map(([path, text]) => [join(root, path), text]))
  const { readFile, fileExists } = { readFile: host.readFile, fileExists: host.fileExists }
  host.readFile = (path) => overlay.get(path) ?? readFile(path)
  host.fileExists = (path) => overlay.has(path) || fileExists(path)
  // Folders that do not exist yet hold generated files: no resolution may stop at them.
  host.directoryExists = () => true
  host.getSourceFile = (path, target) => {
    const text = host.readFile(path)
    return text === undefined ? undefined : ts.createSourceFile(path, text, target)
  }
  host.resolveModuleNameLiterals = (names, file, redirect, own, containing) =>
    names.map((literal) => {
      // A service that does not exist yet has no installed packages; those of signals stand in for them.
      const from =
        file.includes('price-alerts') && !literal.text.startsWith('.') ? join(root, 'services/signals/src/x.ts') : file
      const mode = ts.getModeForUsageLocation(containing, literal, own)
      return ts.resolveModuleName(literal.text, from, own, host, undefined, redirect, mode)
    })
  const program = ts.createProgram([...overlay.keys()], settings, host)
  const generated = program.getSourceFiles().filter((file) => overlay.has(file.fileName))
  return generated
    .flatMap((file) => ts.getPreEmitDiagnostics(program, file))
    .map((problem) => {
      const text = ts.flattenDiagnosticMessageText(problem.messageText, '\n')
      return `${problem.file?.fileName.slice(root.length + 1) ?? ''}: ${text}`
    })
}

describe('what the generators write', () => {
  it('compiles under the strict settings of the workspace', { timeout: compileMs }, () => {
    expect(diagnose()).toEqual([])
  })

  it('leaves tidy nothing to say', () => {
    const vocabulary = { eventNames: new Set<string>(), rpcNames: new Set<string>() }
    expect(sources.flatMap(([path, text]) => checkSource(sourceOf(path, text), vocabulary).findings)).toEqual([])
  })
})

describe('the generators', () => {
  it('put a new event into its owner’s list and a new owner into the list of all', () => {
    expect(texts.get('libs/contracts/src/events/orders.ts')).toMatch(
      /orderEvents = \[[^\]]*tradeAmended,?\s*\] as const/,
    )
    expect(texts.get('libs/contracts/src/events/all.ts')).toContain(
      "import { priceAlertsEvents } from './price-alerts.ts'",
    )
    expect(texts.get('libs/contracts/src/events/all.ts')).toContain('...priceAlertsEvents,')
  })

  it('put a new venue into the contracts and a new service into the build', () => {
    expect(texts.get('libs/contracts/src/common.ts')).toContain("'kraken-futures'])")
    expect(texts.get('tsconfig.json')).toContain('services/price-alerts')
  })

  it.each([
    ['a service that exists', () => planService(repository, 'orders')],
    ['a name in the wrong case', () => planService(repository, 'PriceAlerts')],
    ['a use case of no service', () => planUseCase(repository, 'nowhere', 'split-position')],
    ['a use case that is not verb-noun', () => planUseCase(repository, 'orders', 'split')],
    ['an event that is not noun.verb', () => planEvent(repository, 'orders', 'amended')],
    ['an event that exists', () => planEvent(repository, 'orders', 'trade.opened')],
    ['an adapter that exists', () => textsOf(planBroker('paper'), repository)],
  ])('refuse %s', (_, make) => {
    expect(make).toThrow(NameError)
  })

  it('write nothing into the repository before they are told to', () => {
    expect(existsSync(join(root, 'services/price-alerts'))).toBe(false)
  })
})

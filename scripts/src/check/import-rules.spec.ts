import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot } from './repository.ts'

const root = repositoryRoot()
const setUpMs = 60_000

/** A small repository: each file, what it imports, and the rule that must refuse it; none for allowed imports. */
interface Case {
  readonly path: string
  readonly imported: string
  readonly rule: string | undefined
}

const TABLE: readonly (readonly [path: string, imported: string, rule?: string])[] = [
  ['libs/bus/src/uses-service.ts', '../../../services/orders/src/domain/bracket.ts', 'libs-never-import-services'],
  ['libs/bus/src/uses-chaos.ts', '../../../chaos/src/main.ts', 'libs-never-import-services'],
  ['libs/bus/src/uses-kernel.ts', '../../kernel/src/clock.ts'],
  ['libs/bus/src/uses-nats.ts', 'nats'],
  ['libs/kernel/src/uses-bus.ts', '../../bus/src/relay.ts', 'kernel-imports-nothing-of-ours'],
  ['libs/contracts/src/uses-bus.ts', '../../bus/src/relay.ts', 'contracts-import-kernel-only'],
  ['libs/bus/src/uses-nothing.ts', './missing.ts', 'resolvable'],
  ['libs/bus/src/one.ts', './two.ts', 'no-cycles'],
  ['services/orders/src/store/sees-signals.ts', '../../../signals/src/main.ts', 'services-never-import-each-other'],
  ['services/orders/src/store/sees-launcher.ts', '../../../../launcher/src/main.ts', 'services-never-import-tools'],
  ['services/orders/src/store/sees-sdk.ts', '../../../../sdks/typescript/src/client.ts', 'services-never-import-tools'],
  ['launcher/src/sees-orders.ts', '../../services/orders/src/domain/bracket.ts'],
  [
    'services/orders/src/domain/sees-bus.ts',
    '../../../../libs/bus/src/relay.ts',
    'domain-imports-kernel-and-contracts-only',
  ],
  ['services/orders/src/domain/sees-store.ts', '../store/orders.row.ts', 'domain-imports-kernel-and-contracts-only'],
  ['services/orders/src/domain/sees-files.ts', 'node:fs', 'domain-imports-kernel-and-contracts-only'],
  [
    'services/orders/src/domain/sees-kit.ts',
    '../../../../libs/broker-kit/src/errors.ts',
    'domain-imports-kernel-and-contracts-only',
  ],
  ['services/brokers/src/domain/sees-kit.ts', '../../../../libs/broker-kit/src/errors.ts'],
  [
    'services/brokers/src/domain/sees-bus.ts',
    '../../../../libs/bus/src/relay.ts',
    'brokers-domain-knows-the-broker-kit-too',
  ],
  ['services/orders/src/domain/sees-hash.ts', 'node:crypto'],
  ['services/orders/src/domain/sees-kernel.ts', '../../../../libs/kernel/src/clock.ts'],
  [
    'services/orders/src/use-cases/plan-orders/sees-store.ts',
    '../../store/x.store.ts',
    'use-cases-never-import-outwards',
  ],
  ['services/orders/src/use-cases/plan-orders/sees-port.ts', '../../ports/x.port.ts'],
  ['services/orders/src/ports/sees-store.ts', '../store/x.store.ts', 'ports-know-the-domain-only'],
  [
    'services/orders/src/store/sees-transport.ts',
    '../transport/x.controller.ts',
    'store-and-clients-never-import-inwards',
  ],
  ['services/orders/src/transport/sees-store.ts', '../store/x.store.ts', 'transport-never-imports-store'],
  ['services/orders/src/use-cases/plan-orders/sees-row.ts', '../../store/orders.row.ts', 'rows-stay-in-store'],
  ['services/orders/src/use-cases/plan-orders/sees-orm.ts', 'typeorm', 'typeorm-stays-in-store'],
  ['services/orders/src/store/sees-orm.ts', 'typeorm'],
  ['services/orders/src/transport/sees-nats.ts', 'nats', 'nats-stays-in-bus'],
  ['services/orders/src/clients/sees-ccxt.ts', 'ccxt', 'ccxt-stays-in-adapters'],
  ['services/brokers/src/adapters/one/sees-ccxt.ts', 'ccxt'],
  ['services/paper/src/wire.int-spec.ts', 'ccxt'],
  ['services/paper/src/testing/ccxt-client.ts', 'ccxt'],
  ['services/brokers/src/adapters/one/sees-two.ts', '../two/two.adapter.ts', 'adapters-never-import-each-other'],
  ['services/brokers/src/adapters/one/sees-kit.ts', '../ccxt/kit.client.ts'],
  ['services/brokers/src/adapters/ccxt/sees-two.ts', '../two/two.adapter.ts', 'adapters-never-import-each-other'],
  ['services/brokers/src/adapters/tokocrypto/sees-binance.ts', '../binance/binance.wire.ts'],
  ['services/brokers/src/adapters/tokocrypto/sees-two.ts', '../two/two.adapter.ts', 'tokocrypto-speaks-binance'],
  ['services/orders/src/clients/sees-testkit.ts', '../../../../libs/testkit/src/eventually.ts', 'testkit-is-for-tests'],
  ['services/orders/src/clients/x.int-spec.ts', '../../../../libs/testkit/src/eventually.ts'],
  ['services/orders/src/testing/orders-harness.ts', '../../../../libs/testkit/src/eventually.ts'],
  ['services/orders/src/clients/sees-harness.ts', '../testing/orders-harness.ts', 'nothing-imports-tests'],
  ['services/orders/src/clients/sees-test.ts', './x.int-spec.ts', 'nothing-imports-tests'],
]
const CASES: readonly Case[] = TABLE.map(([path, imported, rule]) => ({ path, imported, rule }))
const EMPTY_FILES = [
  'libs/kernel/src/clock.ts',
  'libs/bus/src/relay.ts',
  'libs/broker-kit/src/errors.ts',
  'libs/testkit/src/eventually.ts',
  'launcher/src/main.ts',
  'chaos/src/main.ts',
  'sdks/typescript/src/client.ts',
  'services/signals/src/main.ts',
  'services/orders/src/domain/bracket.ts',
  'services/orders/src/store/orders.row.ts',
  'services/orders/src/store/x.store.ts',
  'services/orders/src/ports/x.port.ts',
  'services/orders/src/transport/x.controller.ts',
  'services/brokers/src/adapters/two/two.adapter.ts',
  'services/brokers/src/adapters/ccxt/kit.client.ts',
  'services/brokers/src/adapters/binance/binance.wire.ts',
  'node_modules/typeorm/index.js',
  'node_modules/nats/index.js',
  'node_modules/ccxt/index.js',
]

interface Report {
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[]
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string }[] }
  }
}

describe('the import rules', () => {
  let folder = ''
  let report: Report | undefined

  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tradewire-imports-'))
    cpSync(join(root, '.dependency-cruiser.mjs'), join(folder, '.dependency-cruiser.mjs'))
    cpSync(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'))
    for (const path of EMPTY_FILES) write(path, 'export const value = 1\n')
    for (const { path, imported } of CASES)
      write(path, `import { value } from '${imported}'\nexport const other = value\n`)
    // Imported by one.ts, which closes the cycle; it is reported once.
    write('libs/bus/src/two.ts', "import { value } from './one.ts'\nexport const other = value\n")
    const command = [join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')]
    command.push('--config=.dependency-cruiser.mjs', '--output-type=json', 'libs', 'services', 'launcher')
    report = JSON.parse(execFileSync(process.execPath, command, { cwd: folder, encoding: 'utf8' })) as Report
  }, setUpMs)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const rulesOf = (path: string) =>
    (report?.summary.violations ?? []).filter(({ from }) => from === path).map(({ rule }) => rule.name)

  it.each(CASES.filter(({ rule }) => rule !== undefined))(
    '$path may not import $imported ($rule)',
    ({ path, rule }) => {
      expect(rulesOf(path)).toContain(rule)
    },
  )

  it.each(CASES.filter(({ rule }) => rule === undefined))('$path may import $imported', ({ path }) => {
    expect(rulesOf(path)).toEqual([])
  })

  it('have a refused import for every one of them', () => {
    const declared = report?.summary.ruleSetUsed.forbidden.map(({ name }) => name)
    expect(new Set(CASES.flatMap(({ rule }) => rule ?? []))).toEqual(new Set(declared))
  })
})

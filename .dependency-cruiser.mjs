// Import rules of docs/style.md (rules 3 to 5). Run by `pnpm check`; each rule's comment says how to mend a violation.

/** Tests, and what only tests use, may reach further than what ships. */
const tests = String.raw`\.(spec|int-spec|e2e-spec)\.ts$|/(testing|int-spec)/|/fixtures\.ts$|^e2e/`
const shipped = { pathNot: tests }

/** What stands above libs and services, which know none of it. */
const tools = 'launcher|scripts|simulator|chaos|e2e|sdks'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Break the cycle with an event, a port, or by moving the function down.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere: mend its path or declare the dependency.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^node:' },
    },
    {
      name: 'libs-never-import-services',
      comment: 'Move what both need down into a lib.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: `^(services|${tools})/` },
    },
    {
      name: 'services-never-import-each-other',
      comment: 'Learn it by an event, or ask by a contract of libs/contracts.',
      severity: 'error',
      from: { path: '^services/([^/]+)/' },
      to: { path: '^services/', pathNot: '^services/$1/' },
    },
    {
      name: 'services-never-import-tools',
      comment: 'The launcher, scripts, simulator, chaos, e2e and sdks know the services, never the other way round.',
      severity: 'error',
      from: { path: '^services/' },
      to: { path: `^(${tools})/` },
    },
    {
      name: 'kernel-imports-nothing-of-ours',
      comment: 'The kernel is the lowest layer.',
      severity: 'error',
      from: { path: '^libs/kernel/src/', ...shipped },
      to: { path: '^(libs|services)/', pathNot: '^libs/kernel/' },
    },
    {
      name: 'contracts-import-kernel-only',
      comment: 'A contract is data that every service can read.',
      severity: 'error',
      from: { path: '^libs/contracts/src/', ...shipped },
      to: { path: '^(libs|services)/', pathNot: '^libs/(contracts|kernel)/' },
    },
    {
      name: 'domain-imports-kernel-and-contracts-only',
      // Hashing and address arithmetic are pure; tidy keeps random bytes out.
      comment: 'The domain decides on plain values: pass in what it needs, let the use case do the rest.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/domain/', pathNot: ['^services/brokers/', tests] },
      to: {
        pathNot: [
          '^libs/(kernel|contracts)/',
          '^services/$1/src/domain/',
          '^(node:)?crypto$',
          String.raw`/node_modules/ipaddr\.js/`,
        ],
      },
    },
    {
      name: 'brokers-domain-knows-the-broker-kit-too',
      comment: 'As in every domain, and the vocabulary of venues in libs/broker-kit besides.',
      severity: 'error',
      from: { path: '^services/brokers/src/domain/', ...shipped },
      to: { pathNot: ['^libs/(kernel|contracts|broker-kit)/', '^services/brokers/src/domain/', '^(node:)?crypto$'] },
    },
    {
      name: 'use-cases-never-import-outwards',
      comment: 'A use case knows ports; transport, store and clients know the use case or implement the port.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/use-cases/', ...shipped },
      to: { path: '^services/$1/src/(transport|store|clients|adapters|surfaces)/' },
    },
    {
      name: 'ports-know-the-domain-only',
      comment: 'A port is said in the words of the domain.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/ports/', ...shipped },
      to: { path: '^services/$1/src/(transport|store|clients|adapters|use-cases|surfaces)/' },
    },
    {
      name: 'store-and-clients-never-import-inwards',
      comment: 'Stores and clients implement ports; they call no use case and no transport.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/(store|clients|adapters)/', ...shipped },
      to: { path: '^services/$1/src/(transport|use-cases|surfaces)/' },
    },
    {
      name: 'transport-never-imports-store',
      comment: 'A controller, consumer or job calls one use case.',
      severity: 'error',
      from: { path: '^services/([^/]+)/src/transport/', ...shipped },
      to: { path: '^services/$1/src/(store|adapters)/' },
    },
    {
      name: 'adapters-never-import-each-other',
      // Tokocrypto is Binance's engine under a roof of its own, so it speaks through Binance's words.
      comment: 'A venue is a folder; exchanges share through adapters/ccxt, all venues through libs/broker-kit.',
      severity: 'error',
      from: { path: '^services/brokers/src/adapters/([^/]+)/', pathNot: '^services/brokers/src/adapters/tokocrypto/' },
      to: { path: '^services/brokers/src/adapters/[^/]+/', pathNot: '^services/brokers/src/adapters/($1|ccxt)/' },
    },
    {
      name: 'tokocrypto-speaks-binance',
      comment: 'Of the other venues it may know Binance alone.',
      severity: 'error',
      from: { path: '^services/brokers/src/adapters/tokocrypto/' },
      to: {
        path: '^services/brokers/src/adapters/[^/]+/',
        pathNot: '^services/brokers/src/adapters/(tokocrypto|binance|ccxt)/',
      },
    },
    {
      name: 'rows-stay-in-store',
      comment: 'Map the row to the domain in its *.mapper.ts; service.ts alone lists rows for the data source.',
      severity: 'error',
      from: { pathNot: [String.raw`^services/[^/]+/src/(store/|service\.ts$)`, '^libs/database/', tests] },
      to: { path: String.raw`\.row\.ts$` },
    },
    {
      name: 'typeorm-stays-in-store',
      comment: 'Use cases see ports; TypeORM is the business of store/ and libs/database.',
      severity: 'error',
      from: { pathNot: ['^libs/database/', '^services/[^/]+/src/store/', '^node_modules/'] },
      to: { path: '(^|/)node_modules/typeorm/' },
    },
    {
      name: 'nats-stays-in-bus',
      comment: 'Events go through the outbox and @Consume, questions through RpcClient.',
      severity: 'error',
      from: {
        pathNot: [
          '^libs/(bus|testkit|backends)/',
          '^launcher/',
          '^scripts/src/bench/',
          '^e2e/',
          '^chaos/',
          '^node_modules/',
        ],
      },
      to: { path: '(^|/)node_modules/(nats|@nats-io)/' },
    },
    {
      name: 'ccxt-stays-in-adapters',
      comment: 'Only the adapters of brokers speak through ccxt; the paper venue is tested with it.',
      severity: 'error',
      from: {
        pathNot: [
          '^services/brokers/src/adapters/',
          String.raw`^services/paper/src/(testing/|.*\.int-spec\.ts$)`,
          '^node_modules/',
        ],
      },
      to: { path: '(^|/)node_modules/ccxt/' },
    },
    {
      name: 'testkit-is-for-tests',
      comment: 'What ships must not need the testkit.',
      severity: 'error',
      from: { path: '^(libs|services|launcher)/', pathNot: [tests, '^libs/testkit/', 'vitest'] },
      to: { path: '^libs/testkit/' },
    },
    {
      name: 'nothing-imports-tests',
      comment: 'Move the shared part out of the spec, into the testkit or beside the code.',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage|fixtures)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
    skipAnalysisNotInRules: true,
  },
}

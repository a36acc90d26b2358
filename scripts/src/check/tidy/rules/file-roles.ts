/** Style rules 1 and 2: the folder list reads as the feature list, and a file's name tells its role. */
import type { Rule, Violation } from '../rule.ts'
import type { Source } from '../source.ts'

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/
const VERB_NOUN = /^[a-z0-9]+(-[a-z0-9]+)+$/
const VERSION = /^v\d+$/
const TEST_ROLES = new Set(['spec', 'int-spec', 'e2e-spec'])
const ROLES = new Set([
  'controller',
  'consumer',
  'job',
  'use-case',
  'port',
  'store',
  'row',
  'mapper',
  'client',
  'adapter',
  'wire',
  'map',
  'errors',
  'module',
  'config',
  'migration',
])
/** Names that stand alone at the root of a service. */
const ROOT_FILES = new Set(['main.ts', 'service.ts', 'config.ts', 'app.module.ts'])

/** Where in a service a role lives; a role that is not listed may stand anywhere. */
const ROLE_FOLDERS: Readonly<Record<string, RegExp>> = {
  controller: /^(transport\/(http|rpc)|surfaces\/[^/]+)\//,
  consumer: /^transport\/bus\//,
  job: /^transport\/cron\//,
  'use-case': /^use-cases\/[^/]+\//,
  port: /^ports\//,
  store: /^store\//,
  row: /^store\//,
  mapper: /^store\//,
  client: /^(clients|adapters\/[^/]+)\//,
  migration: /^store\/migrations\//,
  adapter: /^adapters\//,
  wire: /^(adapters\/[^/]+|clients|surfaces\/[^/]+|transport\/http)\//,
  map: /^(adapters\/[^/]+|clients|surfaces\/[^/]+|transport\/http)\//,
}

interface Name {
  readonly stem: string
  readonly roles: readonly string[]
}

function nameOf(file: string): Name {
  const [stem = '', ...roles] = file.replace(/\.ts$/, '').split('.')
  return { stem, roles }
}

function checkService(inside: string): string[] {
  const parts = inside.split('/')
  const file = parts.at(-1) ?? ''
  if (ROOT_FILES.has(inside)) return []
  const { stem, roles } = nameOf(file)
  const own = roles.filter((role) => !TEST_ROLES.has(role) && !VERSION.test(role))
  const isTest = own.length < roles.length && roles.some((role) => TEST_ROLES.has(role))
  const problems: string[] = []
  if (!KEBAB.test(stem)) problems.push(`"${stem}" is not kebab-case`)
  for (const role of own) if (!ROLES.has(role)) problems.push(`"${role}" is not a role`)
  if (own.length > 1) problems.push('a file has one role')
  const role = own[0]
  const plainFolder = parts[0] === 'domain' || parts[0] === 'testing' || inside.startsWith('store/migrations/')
  if (role === undefined && !isTest && !plainFolder) {
    problems.push('only files in domain/ are plain nouns')
  }
  if (role !== undefined && parts[0] === 'domain') problems.push(`a ${role} does not belong in domain/`)
  const home = role === undefined ? undefined : ROLE_FOLDERS[role]
  if (home !== undefined && !home.test(inside) && parts[0] !== 'domain') {
    problems.push(`a ${role} lives in ${home.source.replaceAll('\\', '').replace(/^\^/, '')}`)
  }
  if (parts.length === 1 && own.length === 0 && isTest)
    problems.push('what spans a whole service is shown in behaviour/')
  if (parts[0] === 'behaviour' && !isTest) problems.push('behaviour/ holds specs only')
  if (parts[0] === 'use-cases') problems.push(...checkUseCaseFolder(parts, stem, role, isTest))
  return problems
}

function checkUseCaseFolder(
  parts: readonly string[],
  stem: string,
  role: string | undefined,
  isTest: boolean,
): string[] {
  const folder = parts[1] ?? ''
  if (parts.length < 3) return ['a use case has a folder of its own']
  const problems: string[] = []
  if (!VERB_NOUN.test(folder)) problems.push(`the folder "${folder}" is not verb-noun`)
  if (role !== 'use-case' && !isTest) problems.push('a use-case folder holds the use case and its tests only')
  if (role === 'use-case' && stem !== folder) problems.push(`the use case of "${folder}" is named "${stem}"`)
  return problems
}

function checkPlain(path: string): string[] {
  const { stem, roles } = nameOf(path.split('/').at(-1) ?? '')
  return [stem, ...roles].filter((part) => !KEBAB.test(part)).map((part) => `"${part}" is not kebab-case`)
}

export const fileRoles: Rule = {
  name: 'file-roles',
  mend: 'rename it to kebab-name.role.ts in the folder of its role (docs/style.md, rule 2)',
  applies: (source) => source.path.includes('/src/'),
  check(source: Source): readonly Violation[] {
    const inside = source.path.split('/src/').slice(1).join('/src/')
    const problems = source.area === 'services' ? checkService(inside) : checkPlain(source.path)
    return problems.map((message) => ({ line: 0, message }))
  },
}

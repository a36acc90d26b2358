/** The steps of `pnpm check`, slowest first, so that the machine is busy to the end. */
import { parseCompile, parseFormat, parseImports, parseLint, parseOwn, parseUnused } from './parsers.ts'
import type { Step } from './step.ts'

const sourceFolders = ['libs', 'services', 'launcher', 'scripts', 'e2e', 'simulator', 'chaos', 'sdks']

/** Our own commands run as this file does: from the build, or straight from source when there is none yet. */
function own(command: string): string[] {
  const isBuilt = import.meta.url.endsWith('.js')
  const start = isBuilt ? [`scripts/dist/${command}.js`] : ['--conditions=source', `scripts/src/${command}.ts`]
  return [...start, '--json']
}

/** The test kit depends on these two, so their specs that use it cannot be part of the build's own order. */
const specsApart = ['bus', 'database'].map((lib): Step => ({
  name: `${lib}-specs`,
  about: `strict TypeScript over the specs of libs/${lib} that use the test kit`,
  command: ['node_modules/ts7/bin/tsc', '-p', `libs/${lib}/tsconfig.int-spec.json`, '--pretty', 'false'],
  after: 'compile',
  parse: parseCompile,
}))

export const steps: readonly Step[] = [
  {
    name: 'compile',
    about: 'strict TypeScript over every package, as pnpm build does',
    command: ['node_modules/ts7/bin/tsc', '-b', '--pretty', 'false'],
    parse: parseCompile,
  },
  {
    name: 'lint',
    about: 'oxlint with type-aware rules (.oxlintrc.json)',
    command: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--format', 'json', ...sourceFolders],
    after: 'compile',
    parse: parseLint,
  },
  {
    name: 'docs',
    about: 'generated pages equal the committed ones (pnpm docs:write writes them)',
    // Always from the build: the services' decorators need the compiler.
    command: ['scripts/dist/docs/main.js', '--check', '--json'],
    after: 'compile',
    needsIt: true,
    parse: parseOwn,
  },
  {
    name: 'compatibility',
    about: 'the API document takes nothing away from callers (scripts/src/check/compatibility)',
    command: ['scripts/dist/check/compatibility/main.js', '--json'],
    after: 'compile',
    needsIt: true,
    parse: parseOwn,
  },
  {
    name: 'routes',
    about: 'every public operation declares access, schemas, refusals and, where it trades or bills, a key',
    command: ['scripts/dist/check/routes/main.js', '--json'],
    after: 'compile',
    needsIt: true,
    parse: parseOwn,
  },
  {
    name: 'imports',
    about: 'who may import whom (.dependency-cruiser.mjs)',
    command: [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      '--config=.dependency-cruiser.mjs',
      '--output-type=json',
      ...sourceFolders,
    ],
    parse: parseImports,
  },
  {
    name: 'unused',
    about: 'no unused file, export or dependency (knip.jsonc)',
    command: ['node_modules/knip/bin/knip.js', '--no-progress', '--no-config-hints', '--reporter', 'json'],
    parse: parseUnused,
  },
  {
    name: 'tidy',
    about: 'file roles, limits, comments, forbidden calls, sizes (scripts/src/check/tidy)',
    command: own('check/tidy/main'),
    parse: parseOwn,
  },
  {
    name: 'licences',
    about: 'every locked package has a licence that we may use',
    command: own('check/licences/main'),
    parse: parseOwn,
  },
  {
    name: 'hosts',
    about: 'no registry host, no path of one machine',
    command: own('check/hosts/main'),
    parse: parseOwn,
  },
  {
    name: 'links',
    about: 'links between pages lead to files and headings that are there, and code stands between fences',
    command: own('check/links/main'),
    parse: parseOwn,
  },
  {
    name: 'format',
    about: 'oxfmt (pnpm format mends it)',
    command: ['node_modules/oxfmt/bin/oxfmt', '--list-different'],
    parse: parseFormat,
  },
  ...specsApart,
]

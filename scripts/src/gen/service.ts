/** `pnpm gen service NAME`: a service that starts, is healthy and does nothing yet. Called by the gen command. */
import { nameOf, NameError, type Name } from './names.ts'
import type { Edit, NewFile, Plan, Repository } from './plan.ts'

const firstPort = 7_400
const libs = ['config', 'kernel', 'nest-kit']

export function planService(repository: Repository, text: string): Plan {
  const name = nameOf(text)
  const folder = `services/${name.kebab}`
  if (repository.read(`${folder}/package.json`) !== undefined) throw new NameError(`${folder} exists`)
  const port = firstPort + repository.list('services').length + 1
  return {
    files: [
      { path: `${folder}/package.json`, text: json(manifestOf(name)) },
      { path: `${folder}/tsconfig.json`, text: json(compilerSettings()) },
      ...sourcesOf(name, port).map(({ path, text: source }) => ({ path: `${folder}/src/${path}`, text: source })),
    ],
    edits: [reference(folder)],
    next: [
      'list it in scripts/src/services.ts, launcher/src/services/catalogue.ts and ports.ts, and in package.json and tsconfig.json of both',
      'pnpm install',
      `pnpm gen use-case ${name.kebab} VERB-NOUN`,
      'pnpm docs:write',
      'docker-compose.yml and deploy/kubernetes/overlays: `pnpm test --project unit scripts` says what they lack',
    ],
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

function manifestOf(name: Name): unknown {
  const target = (source: string) => ({
    source: `./src/${source}.ts`,
    types: `./dist/${source}.d.ts`,
    default: `./dist/${source}.js`,
  })
  return {
    name: `@tradewire/${name.kebab}`,
    version: '0.1.0',
    private: true,
    type: 'module',
    license: 'Apache-2.0',
    exports: { './*': target('*') },
    imports: { '#*': target('*') },
    dependencies: {
      '@nestjs/common': 'catalog:',
      ...Object.fromEntries(libs.map((lib) => [`@tradewire/${lib}`, 'workspace:*'])),
      zod: 'catalog:',
    },
  }
}

function compilerSettings(): unknown {
  return {
    extends: '../../tsconfig.base.json',
    compilerOptions: { rootDir: 'src', outDir: 'dist', tsBuildInfoFile: 'dist/.tsbuildinfo' },
    include: ['src'],
    references: libs.map((lib) => ({ path: `../../libs/${lib}` })),
  }
}

function sourcesOf(name: Name, port: number): NewFile[] {
  const portText = String(port).replace(/(\d)(\d{3})$/, '$1_$2')
  return [
    {
      path: 'main.ts',
      text: `/** Starts \`${name.kebab}\` alone in this process. Called by the operating system. Must never do anything else. */
import { runMain } from '@tradewire/nest-kit/run-main'
import { ${name.camel}Service } from './service.ts'

await runMain(${name.camel}Service)
`,
    },
    {
      path: 'service.ts',
      text: `/** \`${name.kebab}\` as data. Called by main, the launcher, the testkit and the generators. Must never start anything. */
import { defineService } from '@tradewire/nest-kit/define-service'
import { AppModule } from './app.module.ts'
import { ${name.camel}Config } from './config.ts'
import { ${name.camel}Errors } from './${name.kebab}.errors.ts'

export const ${name.camel}Service = defineService({
  name: '${name.kebab}',
  config: ${name.camel}Config,
  module: AppModule,
  errors: ${name.camel}Errors,
  bus: false,
})
`,
    },
    {
      path: 'app.module.ts',
      text: `/** Wiring of \`${name.kebab}\`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'

@Module({ controllers: [], providers: [] })
export class AppModule {}
`,
    },
    {
      path: 'config.ts',
      text: `/** Settings of \`${name.kebab}\`. Called at start and by the configuration page. Must never hold a secret's default. */
import { defineConfig } from '@tradewire/config/define-config'
import { z } from 'zod'

export const ${name.camel}Config = defineConfig(
  '${name.kebab}',
  z.object({
    httpPort: z.number().int().min(0).max(65_535).default(${portText}).describe('Port to listen on; 0 takes any free port'),
  }),
)
`,
    },
    {
      path: `${name.kebab}.errors.ts`,
      text: `/** The closed table of what \`${name.kebab}\` refuses. Called by its use cases. Must never change a code's meaning. */
import { defineErrors } from '@tradewire/kernel/errors'

export const ${name.camel}Errors = defineErrors('${name.kebab}', {})
`,
    },
  ]
}

/** Adds the package to the root's project references, so that pnpm build builds it. */
function reference(folder: string): Edit {
  return {
    path: 'tsconfig.json',
    change: (text) => {
      const settings = JSON.parse(text) as { references: { path: string }[] }
      const after = settings.references.findLastIndex(({ path }) => path.startsWith('services/'))
      return json({ ...settings, references: settings.references.toSpliced(after + 1, 0, { path: folder }) })
    },
  }
}

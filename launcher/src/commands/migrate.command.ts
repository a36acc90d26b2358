/** `migrate`: schemas, login roles and tables of the services, brought up to date. Must run before new services start. */
import { Command } from 'commander'
import { environment } from '@tradewire/config/environment'
import { type Home, createHome } from '../home/home.ts'
import { ensureSecrets } from '../home/secrets.ts'
import { loadService, parseServices, type ServiceName } from '../services/catalogue.ts'
import { type DatabaseLogin, homeLogins, loginsFrom } from '../services/service-environment.ts'
import { printJson, printLine } from '../terminal/output.ts'
import { readEndpoints } from '../up/endpoints.ts'
import { type HomeOption, homeOption, jsonOption, withExample } from './options.ts'

interface MigrateOptions extends HomeOption {
  readonly services: string
  readonly json: boolean
}

export function migrateCommand(): Command {
  const command = new Command('migrate')
    .description('create or update the schemas and login roles of the services')
    .addOption(homeOption())
    .option('--services <list>', 'services to prepare, separated by commas', 'all')
    .addOption(jsonOption())
    .addHelpText(
      'after',
      "\nWith DATABASE_URL (an administrator) each service's login is taken from its <SERVICE>_DATABASE_URL, or made" +
        '\nand kept in the home. Without it the database of the running home is used.',
    )
    .action(migrate)
  return withExample(
    command,
    './tradewire migrate',
    'DATABASE_URL=postgres://admin@db/tradewire ./tradewire migrate --json',
  )
}

async function migrate({ home, services, json }: MigrateOptions): Promise<void> {
  const names = parseServices(services)
  const inherited = environment()
  const adminUrl = inherited['DATABASE_URL'] || (await readEndpoints(home)).database
  const given = loginsFrom(inherited, names)
  const kept = await homeLoginsFor(
    home,
    names.filter((name) => given[name] === undefined),
  )
  const definitions = await Promise.all(names.map(loadService))
  const { prepareDatabase } = await import('../up/prepare-database.ts')
  const prepared = await prepareDatabase(adminUrl, definitions, (service) => given[service] ?? kept(service))
  if (json) {
    printJson({ services: prepared.map(({ service, applied }) => ({ service, applied })) })
    return
  }
  for (const { service, applied } of prepared) {
    printLine(`${service.padEnd(10)} ${applied.length === 0 ? 'up to date' : applied.join(', ')}`)
  }
}

/** The home is only made when a login has to be kept in it. */
async function homeLoginsFor(home: Home, names: readonly ServiceName[]): Promise<(service: string) => DatabaseLogin> {
  if (names.length === 0) return homeLogins({})
  await createHome(home)
  return homeLogins((await ensureSecrets(home, names)).databasePasswords)
}

/**
 * Composes the environment that services read their settings from. Pure: called by `up` with what it started.
 * Must never hand the administrator's database URL to a service.
 */
import type { Environment } from '@tradewire/config/environment'
import type { Home } from '../home/home.ts'
import type { KeyFiles } from '../home/secrets.ts'
import { type ServiceName, serviceNames } from './catalogue.ts'
import { type Ports, serviceUrl } from './ports.ts'

export interface EnvironmentInput {
  /** What the launcher was started with; its own settings for services win over our defaults. */
  readonly inherited: Environment
  readonly home: Home
  readonly keys: KeyFiles
  readonly ports: Ports
  readonly natsUrl: string
  readonly redisUrl: string
  /** Login of each service's own role. */
  readonly databaseUrls: Readonly<Record<string, string>>
}

/** One environment serves all services, since every setting carries its service's prefix. */
export function serviceEnvironment(input: EnvironmentInput): Environment {
  const { inherited, home, keys, ports } = input
  const defaults = {
    IDENTITY_SIGNING_KEY_FILE: keys.identitySigning,
    IDENTITY_MASTER_KEY_FILE: keys.identityMaster,
    IDENTITY_MAIL_DIRECTORY: home.mail,
    // Browsers bind passkeys to names, not to addresses.
    IDENTITY_PUBLIC_URL: `http://localhost:${ports.gateway}`,
    BROKERS_MASTER_KEY_FILE: keys.brokersMaster,
    BROKERS_PAPER_URL: serviceUrl(ports, 'paper'),
    ...platformAtMetaapi(inherited, keys),
    GATEWAY_SIGNALS_URL: serviceUrl(ports, 'signals'),
    GATEWAY_BILLING_URL: serviceUrl(ports, 'billing'),
    BILLING_PUBLIC_URL: serviceUrl(ports, 'gateway'),
    PAPER_DATA_DIRECTORY: home.paper,
    PAPER_XAPI_MAIN_PORT: String(ports.xapiMain),
    PAPER_XAPI_STREAM_PORT: String(ports.xapiStream),
    // The gateway tells signals who sent an alert.
    SIGNALS_HTTP_TRUST_PROXY: 'true',
    ...localDefaults(inherited),
    TRADEWIRE_ENVIRONMENT: 'development',
  }
  const forced: Record<string, string> = {
    NATS_URL: input.natsUrl,
    REDIS_URL: input.redisUrl,
    GATEWAY_OPERATIONS_PORT: String(ports.operations),
  }
  for (const [service, url] of Object.entries(input.databaseUrls)) forced[`${prefixOf(service)}_DATABASE_URL`] = url
  for (const name of serviceNames) forced[`${prefixOf(name)}_HTTP_PORT`] = String(ports[name])
  const { DATABASE_URL: _administrator, ...rest } = inherited
  return { ...defaults, ...rest, ...forced }
}

/** The platform's own account at the simulated MetaApi, unless it has one at the real one. */
function platformAtMetaapi(inherited: Environment, { metaapiToken }: KeyFiles): Environment {
  if (inherited['BROKERS_METAAPI_TOKEN'] || inherited['BROKERS_METAAPI_TOKEN_FILE']) return {}
  const simulated = { BROKERS_METAAPI_TOKEN_FILE: metaapiToken, BROKERS_METAAPI_ENVIRONMENT: 'paper' }
  return { ...simulated, PAPER_METAAPI_TOKEN_FILE: metaapiToken }
}

/** Of all settings those that one service has any business with: its own and what all share, so no other's keys. */
export function ownEnvironment(service: ServiceName, environment: Environment): Environment {
  const others = serviceNames.filter((name) => name !== service).map((name) => `${prefixOf(name)}_`)
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !others.some((prefix) => name.startsWith(prefix))),
  )
}

/**
 * While the API can only be reached from this machine, so may subscribers of webhooks be on it, and payments are mock
 * ones. Once it is opened to others, they must not be able to reach what listens here, nor to pay without money.
 */
function localDefaults({ GATEWAY_HTTP_HOST: host = '127.0.0.1' }: Environment): Environment {
  return loopback.has(host) ? { WEBHOOKS_PRIVATE_TARGETS: '127.0.0.0/8', BILLING_PROVIDERS: 'mock' } : {}
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1'])

function prefixOf(service: string): string {
  return service.toUpperCase().replaceAll('-', '_')
}

export interface DatabaseLogin {
  readonly role: string
  readonly password: string
}

/** The name of a service's login role; it owns the service's schema and sees no other. */
export function roleOf(service: string): string {
  return `tradewire_${service.replaceAll('-', '_')}`
}

/** The logins that the environment names as <SERVICE>_DATABASE_URL, by service. */
export function loginsFrom(inherited: Environment, names: readonly string[]): Partial<Record<string, DatabaseLogin>> {
  const logins: Record<string, DatabaseLogin> = {}
  for (const name of names) {
    const text = inherited[`${prefixOf(name)}_DATABASE_URL`]
    if (!text) continue
    const { username, password } = new URL(text)
    if (username !== '' && password !== '') {
      logins[name] = { role: decodeURIComponent(username), password: decodeURIComponent(password) }
    }
  }
  return logins
}

/** The login of a home: a role named after the service, with the password kept in the home. */
export function homeLogins(passwords: Readonly<Record<string, string>>): (service: string) => DatabaseLogin {
  return (service) => {
    const password = passwords[service]
    if (password === undefined) throw new Error(`the home holds no database password of ${service}`)
    return { role: roleOf(service), password }
  }
}

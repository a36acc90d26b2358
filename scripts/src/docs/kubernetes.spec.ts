import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ConfigError } from '@tradewire/config/config-error'
import { describeConfig, type ConfigDefinition, loadConfig } from '@tradewire/config/define-config'
import { sharedConfig } from '@tradewire/config/shared'
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1'
import { HorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2'
import { Job } from 'kubernetes-models/batch/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Namespace, PersistentVolumeClaim, Service } from 'kubernetes-models/v1'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { repositoryRoot } from '../check/repository.ts'
import { services } from '../services.ts'
import type { KubernetesObject } from './kubernetes.ts'

const root = repositoryRoot()
const folder = join(root, 'deploy/kubernetes')
const overlays = ['standalone', 'production']

const models: Readonly<Record<string, new (value: never) => { validate(): void }>> = {
  Deployment,
  StatefulSet,
  HorizontalPodAutoscaler,
  Job,
  NetworkPolicy,
  PodDisruptionBudget,
  Namespace,
  PersistentVolumeClaim,
  Service,
}

interface Kustomization {
  readonly resources: readonly string[]
  readonly configMapGenerator?: readonly {
    readonly name: string
    readonly envs?: readonly string[]
    readonly files?: readonly string[]
  }[]
  readonly secretGenerator?: readonly { readonly name: string; readonly envs: readonly string[] }[]
  readonly replicas?: readonly { readonly name: string }[]
}

interface Container {
  readonly env?: readonly { readonly name: string; readonly value?: string }[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly envFrom?: readonly {
    readonly secretRef?: { readonly name: string }
    readonly configMapRef?: { readonly name: string }
  }[]
}

interface Reached {
  readonly objects: readonly KubernetesObject[]
  readonly generated: ReadonlySet<string>
}

function kustomizationOf(path: string): Kustomization {
  return parse(readFileSync(join(path, 'kustomization.yaml'), 'utf8')) as Kustomization
}

/** What an overlay applies, its patches aside. */
function reached(path: string): Reached {
  const { resources, configMapGenerator = [], secretGenerator = [] } = kustomizationOf(path)
  const parts = resources.map((resource): Reached => {
    const target = join(path, resource)
    if (!resource.endsWith('.yaml')) return reached(target)
    const documents = parseAllDocuments(readFileSync(target, 'utf8'))
    return { objects: documents.map((one) => one.toJS() as KubernetesObject), generated: new Set() }
  })
  return {
    objects: parts.flatMap(({ objects }) => objects),
    generated: new Set([
      ...[...configMapGenerator, ...secretGenerator].map(({ name }) => name),
      ...parts.flatMap(({ generated }) => [...generated]),
    ]),
  }
}

function containersOf(object: KubernetesObject): readonly Container[] {
  const spec = object['spec'] as { template?: { spec: { containers: readonly Container[] } } } | undefined
  return spec?.template?.spec.containers ?? []
}

const definitions = [sharedConfig, ...services.map(({ config }) => config as ConfigDefinition)]
const known = new Set(definitions.flatMap((definition) => describeConfig(definition)).map(({ name }) => name))

function requiredOf(service: string): string[] {
  const definition = services.find(({ name }) => name === service)!.config as ConfigDefinition
  // By their names alone a setting may look optional that another one's default makes necessary.
  try {
    loadConfig(definition, {})
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ name }) => name)
    throw error
  }
}

describe.each(overlays)('the overlay %s', (overlay) => {
  const path = join(folder, 'overlays', overlay)
  const { objects, generated } = reached(path)

  it('holds objects that Kubernetes takes', () => {
    for (const object of objects) {
      const model = models[object.kind]
      expect(model, object.kind).toBeDefined()
      expect(() => new model!(object as never).validate(), `${object.kind} ${object.metadata.name}`).not.toThrow()
    }
  })

  it('runs every service that ships, and the paper venue only where it is tried on', () => {
    const deployed = objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name)
    const wanted = services.map(({ name }) => name).filter((name) => name !== 'paper' || overlay === 'standalone')
    expect(deployed).toEqual(expect.arrayContaining(wanted))
    expect(deployed.includes('paper')).toBe(overlay === 'standalone')
  })

  it('makes every secret and every settings map that a container reads', () => {
    const read = objects
      .flatMap(containersOf)
      .flatMap(({ envFrom = [] }) => envFrom.map(({ secretRef, configMapRef }) => (secretRef ?? configMapRef)!.name))
    expect([...generated]).toEqual(expect.arrayContaining([...new Set(read)]))
  })

  it('scales only what exists', () => {
    const names = objects.filter(({ kind }) => kind === 'Deployment').map(({ metadata }) => metadata.name)
    for (const { name } of kustomizationOf(path).replicas ?? []) expect(names).toContain(name)
  })

  it('names settings that services have', () => {
    const named = objects.filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/part-of'] === 'tradewire')
    const settings = named.flatMap(containersOf).flatMap(({ env = [] }) => env.map(({ name }) => name))
    expect(settings.filter((name) => !known.has(name))).toEqual([])
  })
})

describe('what is reached from everywhere', () => {
  const { objects } = reached(join(folder, 'base'))
  const specOf = <Spec>(kind: string, name: string): Spec =>
    objects.find((one) => one.kind === kind && one.metadata.name === name)!['spec'] as Spec

  it('is no port at which metrics are collected', () => {
    const { template } = specOf<{
      template: { metadata: { annotations: Record<string, string> }; spec: { containers: readonly Container[] } }
    }>('Deployment', 'gateway')
    const scraped = Number(template.metadata.annotations['prometheus.io/port'])
    const { ports = [], env = [] } = template.spec.containers[0]!
    expect(ports).toContainEqual({ name: 'operations', containerPort: scraped })
    expect(env).toContainEqual({ name: 'GATEWAY_OPERATIONS_PORT', value: String(scraped) })
    const rules = (name: string) =>
      specOf<{ ingress: readonly { ports: readonly { port: number }[] }[] }>('NetworkPolicy', name).ingress.flatMap(
        (rule) => rule.ports.map(({ port }) => port),
      )
    expect(rules('gateway-is-public')).not.toContain(scraped)
    expect(rules('metrics-are-collected')).toContain(scraped)
    const { ports: served } = specOf<{ ports: readonly { name: string }[] }>('Service', 'gateway')
    expect(served.map(({ name }) => name)).toEqual(['http'])
  })
})

describe('the secrets of an overlay', () => {
  it('hold what each service cannot start without', () => {
    const script = readFileSync(join(folder, 'new-secrets.sh'), 'utf8')
    const masterKeys = /for name in ([a-z ]+); do\n.*\n.*_MASTER_KEY/.exec(script)?.[1]?.split(' ') ?? []
    const written = masterKeys.map((name) => `${name.toUpperCase()}_MASTER_KEY`)
    expect(services.flatMap(({ name }) => requiredOf(name)).toSorted()).toEqual(written.toSorted())
  })
})

/** Where a container listens, and by which login it reaches its database, is not for .env. */
const fixedByCompose = /_(HTTP_HOST|HTTP_PORT|HTTP_TRUST_PROXY|OPERATIONS_HOST|OPERATIONS_PORT|DATABASE_URL)$/

/** A value with its placeholders filled in, the inner ones first, as Compose does it. */
function filledIn(value: string, given: Readonly<Record<string, string>>): string {
  const filled = value.replaceAll(
    /\$\{(\w+):([-?])([^${}]*)\}/g,
    (_whole, name: string, kind: string, text: string) => {
      return given[name] ?? (kind === '-' ? text : 'a-generated-secret')
    },
  )
  return filled === value ? value : filledIn(filled, given)
}

describe('docker-compose.yml', () => {
  const compose = parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
    readonly services: Readonly<Record<string, { readonly environment?: Readonly<Record<string, string>> }>>
  }

  it.each(services.map(({ name }) => name))(
    'gives %s what it cannot start without, and nothing that nobody reads',
    (name) => {
      const given = Object.keys(compose.services[name]?.environment ?? {})
      expect(given).toEqual(expect.arrayContaining(requiredOf(name)))
      expect(given.filter((setting) => !known.has(setting))).toEqual([])
    },
  )

  it.each(services.map(({ name, config }) => [name, describeConfig(config as ConfigDefinition)] as const))(
    'passes every setting of %s on, but for where it listens, and none of another service',
    (name, rows) => {
      const given = Object.keys(compose.services[name]?.environment ?? {})
      const hasDatabase = given.some((setting) => setting.endsWith('_DATABASE_URL'))
      const settable = rows
        .map((row) => row.name)
        .filter((setting) => !fixedByCompose.test(setting) && (hasDatabase || !setting.includes('_DATABASE_')))
      expect(given).toEqual(expect.arrayContaining(settable))
      const ofOthers = services.filter((other) => other.name !== name).map((other) => `${other.name.toUpperCase()}_`)
      expect(given.filter((setting) => ofOthers.some((prefix) => setting.startsWith(prefix)))).toEqual([])
    },
  )

  it.each(services.map(({ name, config }) => [name, config as ConfigDefinition] as const))(
    'gives %s settings that it takes when .env holds nothing but the secrets, and with a public address',
    (name, config) => {
      const key = `v1:${Buffer.alloc(32, 1).toString('base64')}`
      const secrets = { BROKERS_MASTER_KEY: key, IDENTITY_MASTER_KEY: key }
      const settings = (given: Readonly<Record<string, string>>) =>
        Object.fromEntries(
          Object.entries(compose.services[name]?.environment ?? {}).map(([setting, value]) => [
            setting,
            filledIn(value, given),
          ]),
        )
      expect(() => loadConfig(config, settings(secrets))).not.toThrow()
      const chosen = { ...secrets, TRADEWIRE_PUBLIC_URL: 'https://trade.example.com', GATEWAY_HTTP_TRUST_PROXY: 'true' }
      expect(() => loadConfig(config, settings(chosen))).not.toThrow()
    },
  )

  it('tells payers and users the same address', () => {
    const { identity, billing } = compose.services
    expect(identity?.environment?.['IDENTITY_PUBLIC_URL']).toBe(billing?.environment?.['BILLING_PUBLIC_URL'])
    const own = identity?.environment?.['IDENTITY_PUBLIC_URL'] ?? ''
    expect(filledIn(own, { TRADEWIRE_PORT: '9000' })).toBe('http://localhost:9000')
  })

  it('takes each setting from .env by its own name', () => {
    const values = services.flatMap(({ name }) => Object.entries(compose.services[name]?.environment ?? {}))
    const named = values.flatMap(([setting, value]) => {
      const from = /^\$\{(\w+):-/.exec(value)?.[1]
      return from === undefined || from === setting ? [] : [`${setting} from ${from}`]
    })
    const publicUrls = ['IDENTITY_PUBLIC_URL', 'BILLING_PUBLIC_URL']
    expect(new Set(named)).toEqual(new Set(publicUrls.map((setting) => `${setting} from TRADEWIRE_PUBLIC_URL`)))
  })
})

it('files that kustomizations name are there, but for secrets and settings that each installation writes', () => {
  for (const overlay of overlays) {
    const path = join(folder, 'overlays', overlay)
    for (const { files = [] } of kustomizationOf(path).configMapGenerator ?? []) {
      for (const file of files) expect(existsSync(join(path, file)), file).toBe(true)
    }
  }
  expect(readFileSync(join(folder, 'overlays/standalone/nats.conf'), 'utf8')).toBe(
    readFileSync(join(dirname(folder), 'nats.conf'), 'utf8'),
  )
})

it.each(['.gitignore', '.dockerignore'])('%s keeps the secrets that an installation writes out', (file) => {
  const kept = readFileSync(join(root, file), 'utf8')
    .split('\n')
    .map((line) => line.replace(/\/$/, ''))
  const overlay = 'deploy/kubernetes/overlays/*'
  expect(kept).toEqual(expect.arrayContaining(['.env', '.tradewire', `${overlay}/secrets`, `${overlay}/settings.env`]))
})

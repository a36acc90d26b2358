/** All generated documents: path -> text. Called by the docs command and its spec. Must never write. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { allBrokers } from '@tradewire/brokers/adapters/registry.adapter'
import { apiDocuments } from '@tradewire/contracts/openapi/api-documents'
import type { ConfigDefinition } from '@tradewire/config/define-config'
import { sharedConfig } from '@tradewire/config/shared'
import { denials } from '@tradewire/contracts/denials/all'
import { allEvents } from '@tradewire/contracts/events/all'
import { allRoutes } from '@tradewire/contracts/http/all'
import { buildOpenApi } from '@tradewire/contracts/openapi/openapi'
import { services, sharedErrors } from '../services.ts'
import { buildAsyncApi } from './async-api.ts'
import { brokersPage, type ConformanceRecord } from './brokers-page.ts'
import { denialsPage } from './denials-page.ts'
import { grafanaDashboard, metricsPage, prometheusRules } from './observability.ts'
import { kubernetesBase, kubernetesPaper } from './kubernetes.ts'
import { postmanCollection } from './postman.ts'
import { typescriptSdk } from './typescript-sdk.ts'
import { configPage, environmentExample, errorsPage, eventsPage } from './pages.ts'

export function documentsOf(root: string): ReadonlyMap<string, string> {
  const read = (path: string): unknown => JSON.parse(readFileSync(join(root, path), 'utf8'))
  const { version } = read('package.json') as { version: string }
  const settings: readonly ConfigDefinition[] = [
    sharedConfig,
    ...services.map((service) => service.config as ConfigDefinition),
  ]
  const errors = [...sharedErrors, ...services.map((service) => service.errors)]
  const api = buildOpenApi(allRoutes, { version })
  const texts: readonly (readonly [string, string])[] = [
    ['docs/events.md', eventsPage(allEvents)],
    ['docs/asyncapi.json', json(buildAsyncApi(allEvents, version))],
    ...apiDocuments.map(({ file, build }) => [`docs/${file}`, json(build(version))] as const),
    ['docs/errors.md', errorsPage(errors)],
    ['docs/denials.md', denialsPage(denials)],
    ['docs/brokers.md', brokersPage(allBrokers, read('docs/conformance.json') as ConformanceRecord)],
    ['docs/config.md', configPage(settings)],
    ['.env.example', environmentExample(settings)],
    ['docs/postman.json', json(postmanCollection(api))],
    ['sdks/typescript/src/operations.ts', typescriptSdk(api)],
    ['docs/metrics.md', metricsPage()],
    ['deploy/observability/alerts.yaml', prometheusRules()],
    ['deploy/observability/dashboard.json', grafanaDashboard()],
    ['deploy/kubernetes/base/services.yaml', kubernetesBase(services)],
    ['deploy/kubernetes/overlays/standalone/paper.yaml', kubernetesPaper(services)],
  ]
  return new Map(texts.map(([path, text]) => [path, `${text.trimEnd()}\n`]))
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
}

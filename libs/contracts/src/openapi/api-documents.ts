/**
 * The API's documents: the whole API, and each surface by itself for those who know it from the document it follows.
 * Called by the gateway, the documentation generator and their specs. Must never hold a route that no other document has.
 */
import type { RouteForm } from '../define-route.ts'
import { allRoutes } from '../http/all.ts'
import { gatewayOperations } from '../http/gateway.ts'
import { buildOpenApi } from './openapi.ts'
import type { JsonObject } from './schemas.ts'

export interface ApiDocument {
  /** Its name in /docs of the gateway and in docs/ of the repository. */
  readonly file: string
  readonly build: (version?: string) => JsonObject
}

const access =
  'Log in with `POST /v1/auth/login` and send the access token as `Authorization: Bearer <token>`, or send an API key ' +
  'in its place.'

export const apiDocuments: readonly ApiDocument[] = [
  { file: 'openapi.json', build: (version) => buildOpenApi(allRoutes, version === undefined ? {} : { version }) },
  surfaceDocument('admin', {
    title: 'Tradewire API: the admin surface',
    description: [
      'What operators ask, and the alerts of TradingView, in the words of the admin surface.',
      '',
      `${access} Lists take \`start\` and \`limit\` and answer \`nextToken\`. Refusals are \`{"message"}\`, ` +
        '`{"error": "unauthorized"}`, or `{"errors": [{"value", "msg", "param", "location"}]}`.',
    ].join('\n'),
  }),
  surfaceDocument('marketplace', {
    title: 'Tradewire API: the marketplace surface',
    description: [
      'What followers ask: strategies and their performance, MetaTrader accounts, subscriptions and payments.',
      '',
      'Log in with `POST /api/v1/auth/login/` and send `access` as `Authorization: Bearer <token>`. Paths end with a slash, ' +
        'and work without. Every refusal has one shape, `{"error": {"code", "message", "details"}}`.',
    ].join('\n'),
  }),
]

function surfaceDocument(
  form: RouteForm,
  words: { readonly title: string; readonly description: string },
): ApiDocument {
  const ofSurface = (one: { readonly form: RouteForm }): boolean => one.form === form
  const operations = gatewayOperations.filter(ofSurface)
  const build = (version?: string): JsonObject =>
    buildOpenApi(allRoutes.filter(ofSurface), { ...words, operations, ...(version === undefined ? {} : { version }) })
  return { file: `openapi.${form}.json`, build }
}

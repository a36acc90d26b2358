/** The API as a Postman collection, the same on every run. Called by the documents. Must never hold a secret: those are variables. */
import type { JsonObject } from '@tradewire/contracts/openapi/schemas'
import { type ApiOperation, operationsOf } from './api-operations.ts'

const collectionSchema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

/** Keeps the access token of a log-in for the requests after it. */
const keepToken = ["if (pm.response.code === 200) pm.collectionVariables.set('token', pm.response.json().accessToken)"]

export function postmanCollection(api: JsonObject): JsonObject {
  const operations = operationsOf(api)
  const tags = [...new Set(operations.map(({ tag }) => tag))]
  return {
    info: {
      _postman_id: 'tradewire',
      name: 'Tradewire API',
      description: 'Log in first: the token is kept for all other requests.',
      schema: collectionSchema,
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'url', value: 'http://127.0.0.1:7400' },
      { key: 'token', value: '' },
    ],
    item: tags.map((tag) => ({
      name: tag,
      item: operations.filter((operation) => operation.tag === tag).map(requestOf),
    })),
  }
}

function requestOf(operation: ApiOperation): JsonObject {
  const { id, summary, method, path, isPublic, once, bodyExample } = operation
  return {
    id,
    name: summary,
    request: {
      method,
      ...(isPublic ? { auth: { type: 'noauth' } } : {}),
      header: [
        ...(bodyExample === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }]),
        ...(once ? [{ key: 'Idempotency-Key', value: '{{$guid}}' }] : []),
      ],
      url: urlOf(path, operation),
      ...(bodyExample === undefined
        ? {}
        : {
            body: {
              mode: 'raw',
              raw: JSON.stringify(bodyExample, undefined, 2),
              options: { raw: { language: 'json' } },
            },
          }),
    },
    event: [{ listen: 'test', script: { type: 'text/javascript', exec: testOf(id) } }],
  }
}

function urlOf(path: string, { params, query }: ApiOperation): JsonObject {
  const asPostman = path.replaceAll(/\{(\w+)\}/g, ':$1')
  const names = (part: JsonObject | undefined) => Object.keys((part?.['properties'] ?? {}) as object)
  return {
    raw: `{{url}}${asPostman}`,
    host: ['{{url}}'],
    path: asPostman.split('/').slice(1),
    variable: names(params).map((key) => ({ key, value: '' })),
    query: names(query).map((key) => ({ key, value: '', disabled: true })),
  }
}

function testOf(id: string): string[] {
  const succeeds = "pm.test('is answered with a success', () => pm.expect(pm.response.code).to.be.below(300))"
  return id === 'logIn' ? [succeeds, ...keepToken] : [succeeds]
}

/**
 * The Fastify server of a service: limits, security headers, request ids, request metrics, health and metrics pages.
 * Called by startService. Must never know a service's own routes.
 */
import type { IncomingMessage } from 'node:http'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { OperationsSettings, ServerSettings } from '@tradewire/config/server-settings'
import type { IdSource } from '@tradewire/kernel/ids'
import type { Metrics } from '@tradewire/observability/metrics'
import type { FastifyInstance } from 'fastify'
import { type Health, serveHealth } from '#health'

/** Longer than a load balancer keeps idle connections, so that it closes first. */
const keepAliveTimeoutMs = 72_000
/** A request that is not complete by then is dropped; slow senders cannot hold connections. */
const requestTimeoutMs = 30_000
/** Requests that have begun may take this long when the service stops; then their connections are closed. */
const drainWithinMs = 10_000
const idleSweepMs = 20
const paramLengthMaxChars = 300
/**
 * For replies that are data. A page sets a content-security-policy of its own. Constants, because @fastify/helmet
 * works its headers out for every request: 14 us of CPU each, a fifth of what the intake may cost.
 */
const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=31536000; includeSubDomains',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
const requestIdHeader = 'x-request-id'
const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/

export interface HttpServerParts {
  readonly service: string
  readonly settings: ServerSettings
  readonly health: Health
  readonly metrics: Metrics
  readonly ids: IdSource
}

export function createHttpAdapter({ settings, ids }: Pick<HttpServerParts, 'settings' | 'ids'>): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: settings.httpBodyLimitBytes,
    trustProxy: settings.httpTrustProxy,
    keepAliveTimeout: keepAliveTimeoutMs,
    requestTimeout: requestTimeoutMs,
    // The documents of some surfaces end their paths with a slash, and their clients may leave it out, or add one.
    routerOptions: { maxParamLength: paramLengthMaxChars, ignoreTrailingSlash: true },
    genReqId: (request: IncomingMessage) => {
      const given = request.headers[requestIdHeader]
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : ids.next()
    },
    skipMiddie: true,
  })
}

/** Everything that all services have on their server; before any route of the service itself. */
export function prepareHttp(fastify: FastifyInstance, parts: HttpServerParts): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header(requestIdHeader, request.id).headers(securityHeaders)
    done()
  })
  measureRequests(fastify, parts.metrics)
  serveHealth(fastify, parts.health, parts.service)
  if (operationsOf(parts.settings) === undefined) serveMetrics(fastify, parts.metrics)
}

/** Where operators ask for metrics when the service's own port is public; undefined where that is for operators. */
export function operationsOf(settings: ServerSettings & Partial<OperationsSettings>): OperationsSettings | undefined {
  const { operationsHost, operationsPort } = settings
  return operationsHost === undefined || operationsPort === undefined ? undefined : { operationsHost, operationsPort }
}

/** Health and metrics alone, for a port that only operators reach. */
export function operationsHttp(parts: HttpServerParts): FastifyInstance {
  const fastify = createHttpAdapter(parts).getInstance<FastifyInstance>()
  serveHealth(fastify, parts.health, parts.service)
  serveMetrics(fastify, parts.metrics)
  return fastify
}

function serveMetrics(fastify: FastifyInstance, metrics: Metrics): void {
  fastify.get('/metrics', async (_request, reply) =>
    reply.header('content-type', 'text/plain; version=0.0.4; charset=utf-8').send(await metrics.text()),
  )
}

/** Takes no more requests, lets those that have begun finish within the limit, and closes the port. */
export async function closeHttp(fastify: FastifyInstance): Promise<void> {
  const impatience = setTimeout(() => fastify.server.closeAllConnections(), drainWithinMs)
  // A connection whose last request ends now would otherwise be kept alive for another one that cannot come.
  const sweep = setInterval(() => fastify.server.closeIdleConnections(), idleSweepMs)
  try {
    await fastify.close()
  } finally {
    clearTimeout(impatience)
    clearInterval(sweep)
  }
}

const millisecondsPerSecond = 1_000

function measureRequests(fastify: FastifyInstance, metrics: Metrics): void {
  const duration = metrics.histogram('http_request_duration_seconds', 'Time from the request line to the last byte')
  fastify.addHook('onResponse', (request, reply, done) => {
    // The route's pattern, never the path: paths have no bound.
    const route = request.routeOptions.url ?? 'unknown'
    const labels = { method: request.method, route, status: String(reply.statusCode) }
    duration.record(reply.elapsedTime / millisecondsPerSecond, labels)
    done()
  })
}

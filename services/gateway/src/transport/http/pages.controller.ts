/**
 * The pages for people: a landing page at /, mailed links at /account, the API page at /docs and its documents.
 * Called by browsers. Must never load anything from another host.
 */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { Injectable } from '@nestjs/common'
import { type ApiDocument, apiDocuments } from '@tradewire/contracts/openapi/api-documents'
import type { FastifyInstance, FastifyReply } from 'fastify'

const publicDirectory = fileURLToPath(new URL('../../../public/', import.meta.url))
const swaggerDirectory = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')))
const swaggerFiles: ReadonlySet<string> = new Set(['/swagger-ui-bundle.js', '/swagger-ui.css'])
const assetsMaxAgeMs = 3_600_000

/** The API page sets styles from its script and draws icons from data URLs; nothing comes from elsewhere. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

@Injectable()
export class Pages {
  /** Built when somebody asks: most gateways are never asked, and building one takes memory. */
  private readonly built = new Map<string, string>()

  async register(fastify: FastifyInstance): Promise<void> {
    await fastify.register(fastifyStatic, {
      root: publicDirectory,
      prefix: '/assets/',
      index: false,
      maxAge: assetsMaxAgeMs,
    })
    await fastify.register(fastifyStatic, {
      root: swaggerDirectory,
      prefix: '/docs/assets/',
      index: false,
      decorateReply: false,
      maxAge: assetsMaxAgeMs,
      allowedPath: (path) => swaggerFiles.has(path),
    })
    fastify.get('/', (_request, reply) => page(reply, 'index.html'))
    fastify.get('/account', (_request, reply) => page(reply, 'account.html'))
    fastify.get('/docs', (_request, reply) => page(reply, 'docs.html'))
    for (const document of apiDocuments) {
      fastify.get(`/docs/${document.file}`, (_request, reply) =>
        reply
          .header('content-type', 'application/json; charset=utf-8')
          .header('cache-control', 'no-cache')
          .send(this.textOf(document)),
      )
    }
  }

  private textOf({ file, build }: ApiDocument): string {
    const text = this.built.get(file) ?? JSON.stringify(build())
    this.built.set(file, text)
    return text
  }
}

function page(reply: FastifyReply, file: string): FastifyReply {
  void reply.header('content-security-policy', pagePolicy)
  return reply.sendFile(file, { maxAge: 0 })
}

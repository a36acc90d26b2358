/**
 * Registers every route contract on Fastify: gate, parts, RPC, reply.
 * Called by the service definition before the server listens. Must never hold a route of its own: routes are data.
 */
import { Injectable } from '@nestjs/common'
import type { FileReply, RouteContract, RouteForm } from '@tradewire/contracts/define-route'
import { adminPrefix } from '@tradewire/contracts/http/admin/words'
import { marketplacePrefix } from '@tradewire/contracts/http/marketplace/words'
import { allRoutes } from '@tradewire/contracts/http/all'
import { alertPath, idempotencyKeyHeader, streamPath } from '@tradewire/contracts/http/gateway'
import { tokenPath } from '@tradewire/contracts/http/oauth'
import { answerFailure } from '@tradewire/nest-kit/http-errors'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CallerGate } from '#transport/http/caller-gate.controller'
import {
  answerAdminFailure,
  answerAdminRefusal,
  answerNoAdminRoute,
  answerWrongAdminMethod,
} from '#transport/http/admin-answers.map'
import { answerFile, fastifyPath } from '#transport/http/file-answers.map'
import { answerMarketplaceRefusal, answerRefusal, answerWrongMethod } from '#transport/http/http-answers.map'
import { TokenRoute } from '#transport/http/token-route.controller'
import { AnswerRoute } from '#use-cases/answer-route/answer-route.use-case'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]
const userAgentMaxChars = 400
const refusalsOf = {
  own: answerRefusal,
  admin: answerAdminRefusal,
  marketplace: answerMarketplaceRefusal,
} as const satisfies Record<RouteForm, unknown>
const wrongMethodsOf = {
  own: answerWrongMethod,
  admin: answerWrongAdminMethod,
  marketplace: answerWrongMethod,
} as const satisfies Record<RouteForm, unknown>
/** Paths that are not among the routes, and what they are asked by. */
const servedElsewhere: readonly (readonly [path: string, methods: Method[]])[] = [
  [alertPath, ['POST']],
  [streamPath, ['GET']],
  [tokenPath, ['POST']],
]

@Injectable()
export class PublicRoutes {
  constructor(
    private readonly gate: CallerGate,
    private readonly answering: AnswerRoute,
    private readonly tokens: TokenRoute,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await this.tokens.register(fastify)
    await fastify.register(async (scope) => {
      scope.setErrorHandler((thrown, request, reply) => answerFailure(thrown, request, reply, this.logger))
      this.serve(scope, 'own')
    })
    await fastify.register(
      async (scope) => {
        scope.setErrorHandler((thrown, request, reply) => answerAdminFailure(thrown, request, reply, this.logger))
        scope.setNotFoundHandler((_request, reply) => answerNoAdminRoute(reply))
        this.serve(scope, 'admin')
      },
      { prefix: adminPrefix },
    )
    await fastify.register(
      async (scope) => {
        scope.setErrorHandler((thrown, request, reply) => answerFailure(thrown, request, reply, this.logger))
        this.serve(scope, 'marketplace')
      },
      { prefix: marketplacePrefix },
    )
  }

  private serve(scope: FastifyInstance, form: RouteForm): void {
    for (const route of allRoutes) {
      if (route.form !== form) continue
      scope.route({
        method: route.method,
        url: fastifyPath(route.path.slice(scope.prefix.length)),
        handler: (request, reply) => this.answer(route, request, reply),
      })
    }
    this.refuseOtherMethods(scope, form)
  }

  private async answer(route: RouteContract, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const refuse = refusalsOf[route.form]
    const passed = await this.gate.pass(request, reply, route)
    if (!passed.ok) return refuse(reply, passed.error, route)
    const answer = await this.answering.execute({
      route,
      shown: passed.value,
      client: { address: request.ip, userAgent: request.headers['user-agent']?.slice(0, userAgentMaxChars) ?? null },
      params: request.params,
      query: request.query,
      body: request.body,
      idempotencyKey: headerOf(request, idempotencyKeyHeader),
    })
    if (!answer.ok) return refuse(reply, answer.error, route)
    void reply.header('cache-control', 'no-store').status(route.status)
    if (route.file !== undefined) return answerFile(reply, route.file, answer.value as FileReply)
    return route.status === 204 ? reply.send() : reply.send(answer.value)
  }

  /** 405 with the methods that the path has; without this Fastify would say that the path does not exist. */
  private refuseOtherMethods(scope: FastifyInstance, form: RouteForm): void {
    const allowed = new Map<string, Method[]>(form === 'own' ? servedElsewhere : [])
    for (const route of allRoutes) {
      if (route.form === form) allowed.set(route.path, [...(allowed.get(route.path) ?? []), route.method])
    }
    for (const [path, known] of allowed) {
      const others = methods.filter((method) => !known.includes(method))
      if (others.length === 0) continue
      scope.route({
        method: others,
        url: fastifyPath(path.slice(scope.prefix.length)),
        handler: (_request, reply) => wrongMethodsOf[form](reply, known),
      })
    }
  }
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/** The token route of OAuth clients (RFC 6749): a form in, its own words out. Called by machines. Must never take a body of another type. */
import { Injectable } from '@nestjs/common'
import { tokenPath, type TokenError } from '@tradewire/contracts/http/oauth'
import { answerFailure } from '@tradewire/nest-kit/http-errors'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { CallerGate } from '#transport/http/caller-gate.controller'
import { answerRefusal } from '#transport/http/http-answers.map'
import { IssueToken } from '#use-cases/issue-token/issue-token.use-case'

const statusOf: Readonly<Record<TokenError, number>> = {
  invalid_request: 400,
  invalid_client: 401,
  unsupported_grant_type: 400,
  invalid_scope: 400,
  temporarily_unavailable: 503,
}
const bodyBytesMax = 4_096

@Injectable()
export class TokenRoute {
  constructor(
    private readonly gate: CallerGate,
    private readonly issuing: IssueToken,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  async register(fastify: FastifyInstance): Promise<void> {
    await fastify.register(async (scope) => {
      scope.setErrorHandler((thrown, request, reply) => answerFailure(thrown, request, reply, this.logger))
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: bodyBytesMax }, (_request, body, done) =>
        done(null, body),
      )
      scope.post(tokenPath, (request, reply) => this.answer(request, reply))
    })
  }

  private async answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const passed = await this.gate.pass(request, reply, { access: 'public', counting: 'strict' })
    if (!passed.ok) return answerRefusal(reply, passed.error)
    const { authorization, 'content-type': contentType } = request.headers
    const body = typeof request.body === 'string' ? request.body : undefined
    const issued = await this.issuing.execute({ authorization, contentType, body })
    void reply.headers({ 'cache-control': 'no-store', pragma: 'no-cache' })
    if (issued.ok) {
      const { accessToken, expiresInSeconds, scopes } = issued.value
      return reply.send({
        access_token: accessToken,
        token_type: 'Bearer',
        expires_in: expiresInSeconds,
        scope: scopes.join(' '),
      })
    }
    const { error, description } = issued.error
    if (error === 'invalid_client') void reply.header('www-authenticate', 'Basic realm="tradewire"')
    return reply.status(statusOf[error]).send({ error, error_description: description })
  }
}

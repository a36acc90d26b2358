/**
 * The authority that gives out tokens for client credentials, with its discovery document. Called by the server.
 * Must never say whether it was the id or the secret that is wrong.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { VenueState } from '#domain/state'
import { apiScope, clientOf, tokenOf } from './token.wire.ts'

export interface TokenTerms {
  readonly state: VenueState
  readonly now: number
  readonly lifeSeconds: number
}

const secondMs = 1_000
const formType = 'application/x-www-form-urlencoded'

/** `base`: the URL that the client reached the authority by. */
export function discoveryOf(base: string): object {
  return {
    issuer: base,
    token_endpoint: `${base}/connect/token`,
    grant_types_supported: ['client_credentials'],
    scopes_supported: [apiScope],
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
  }
}

export function giveToken(request: FastifyRequest, reply: FastifyReply, terms: TokenTerms): FastifyReply {
  void reply.header('cache-control', 'no-store')
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith(formType)) return refuse(reply, 'invalid_request')
  const form = new URLSearchParams(typeof request.body === 'string' ? request.body : '')
  const named = clientNamed(request.headers.authorization, form)
  if (named === undefined) return refuse(reply, 'invalid_client')
  const client = clientOf(terms.state, named.id, named.secret)
  if (client === undefined) return refuse(reply, 'invalid_client')
  const grant = form.get('grant_type')
  if (grant === null) return refuse(reply, 'invalid_request')
  if (grant !== 'client_credentials') return refuse(reply, 'unsupported_grant_type')
  const scopes = (form.get('scope') ?? apiScope).split(' ').filter((scope) => scope !== '')
  if (scopes.some((scope) => scope !== apiScope)) return refuse(reply, 'invalid_scope')
  return reply.send({
    access_token: tokenOf(client, terms.now, terms.lifeSeconds * secondMs),
    expires_in: terms.lifeSeconds,
    token_type: 'Bearer',
    scope: apiScope,
  })
}

/** In the header (HTTP Basic, both parts encoded as in a form) or in the body. */
function clientNamed(authorization: string | undefined, form: URLSearchParams) {
  const [, basic] = /^basic (.+)$/i.exec(authorization ?? '') ?? []
  if (basic === undefined) {
    const [id, secret] = [form.get('client_id'), form.get('client_secret')]
    return id === null || secret === null ? undefined : { id, secret }
  }
  const [id, ...rest] = Buffer.from(basic, 'base64').toString().split(':')
  const decoded = [id ?? '', rest.join(':')].map(formDecoded)
  const [name, secret] = decoded
  return name === undefined || secret === undefined ? undefined : { id: name, secret }
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function refuse(reply: FastifyReply, error: string): FastifyReply {
  return reply.status(400).send({ error })
}

/**
 * A request for a token as RFC 6749 has it: a form, and the client in the header or in the form. Called by IssueToken.
 * Pure. Must never guess: what stands twice, or in both places, is refused.
 */
import type { TokenError } from '@tradewire/contracts/http/oauth'

export interface TokenRequest {
  readonly clientId: string
  readonly clientSecret: string
  /** Null when none are named. */
  readonly scopes: readonly string[] | null
}

export interface TokenFault {
  readonly error: TokenError
  readonly description: string
}

const BASIC = /^Basic +([A-Za-z0-9+/]+=*)$/i
const formType = 'application/x-www-form-urlencoded'

/** `body` is the form's text; undefined when there is none. */
export function readTokenRequest(request: {
  readonly authorization: string | undefined
  readonly contentType: string | undefined
  readonly body: string | undefined
}): TokenRequest | TokenFault {
  if (request.contentType?.split(';')[0]?.trim().toLowerCase() !== formType) {
    return fault('invalid_request', `the body must be ${formType}`)
  }
  const form = new URLSearchParams(request.body ?? '')
  const twice = [...new Set(form.keys())].find((name) => form.getAll(name).length > 1)
  if (twice !== undefined) return fault('invalid_request', 'a parameter stands there more than once')
  const grant = form.get('grant_type')
  if (grant === null) return fault('invalid_request', 'grant_type is missing')
  if (grant !== 'client_credentials') return fault('unsupported_grant_type', 'only client_credentials is known here')
  const client = clientOf(request.authorization, form)
  return 'error' in client ? client : { ...client, scopes: scopesIn(form) }
}

function clientOf(
  authorization: string | undefined,
  form: URLSearchParams,
): Pick<TokenRequest, 'clientId' | 'clientSecret'> | TokenFault {
  const inForm = { clientId: form.get('client_id') ?? '', clientSecret: form.get('client_secret') ?? '' }
  if (authorization === undefined) {
    return inForm.clientId === '' || inForm.clientSecret === ''
      ? fault('invalid_client', 'client_id and client_secret are missing')
      : inForm
  }
  const inHeader = clientInHeader(authorization)
  if (inHeader === undefined) return fault('invalid_client', 'the Authorization header is not as RFC 6749 has it')
  if (inForm.clientSecret !== '') return fault('invalid_request', 'the client stands in the header and in the body')
  if (inForm.clientId !== '' && inForm.clientId !== inHeader.clientId) {
    return fault('invalid_request', 'the header and the body name different clients')
  }
  return inHeader
}

/** Both parts are form-encoded before they are joined (2.3.1). */
function clientInHeader(authorization: string): Pick<TokenRequest, 'clientId' | 'clientSecret'> | undefined {
  const text = Buffer.from(BASIC.exec(authorization)?.[1] ?? '', 'base64').toString('utf8')
  const colon = text.indexOf(':')
  if (colon < 1 || colon === text.length - 1) return undefined
  const [clientId, clientSecret] = [text.slice(0, colon), text.slice(colon + 1)].map(formDecoded)
  return clientId === undefined || clientSecret === undefined ? undefined : { clientId, clientSecret }
}

function formDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function scopesIn(form: URLSearchParams): readonly string[] | null {
  const names = (form.get('scope') ?? '').split(' ').filter((name) => name !== '')
  return names.length === 0 ? null : [...new Set(names)]
}

function fault(error: TokenError, description: string): TokenFault {
  return { error, description }
}

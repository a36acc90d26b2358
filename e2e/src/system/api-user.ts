/**
 * A person at the public API: logs in and calls it, nothing else. Called by specs that walk a person's path.
 * Must never reach anything but the gateway.
 */
import { request } from 'undici'

export interface ApiReply<Body> {
  readonly status: number
  readonly body: Body
}

/** The one shape of errors. */
export interface ApiFailure {
  readonly error: { readonly code: string; readonly message: string }
}

/** The one shape of lists. */
export interface Page<Item> {
  readonly items: readonly Item[]
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export class ApiUser {
  private constructor(
    private readonly url: string,
    readonly token: string,
  ) {}

  /** Without a log-in: public routes only. */
  static nobody(url: string): ApiUser {
    return new ApiUser(url, '')
  }

  /** With an access token or an API key. */
  static withToken(url: string, token: string): ApiUser {
    return new ApiUser(url, token)
  }

  static async logIn(url: string, login: { readonly username: string; readonly password: string }): Promise<ApiUser> {
    const nobody = ApiUser.nobody(url)
    const { accessToken } = await nobody.does<{ accessToken: string }>('POST', '/v1/auth/login', login)
    return new ApiUser(url, accessToken)
  }

  /** Any answer. */
  async asks<Body = ApiFailure>(
    method: Method,
    path: string,
    json?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<ApiReply<Body>> {
    const reply = await request(this.url + path, {
      method,
      headers: {
        ...(this.token === '' ? {} : { authorization: `Bearer ${this.token}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    })
    const text = await reply.body.text()
    return { status: reply.statusCode, body: (text === '' ? undefined : JSON.parse(text)) as Body }
  }

  /** The body of an answer that must be a success. */
  async does<Body>(method: Method, path: string, json?: object): Promise<Body> {
    const { status, body } = await this.asks<Body>(method, path, json)
    if (status >= 300) throw new Error(`${method} ${path} was answered ${status}: ${JSON.stringify(body)}`)
    return body
  }

  gets<Body>(path: string): Promise<Body> {
    return this.does<Body>('GET', path)
  }
}

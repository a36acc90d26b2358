/** MyFxBook's REST API as far as verifying goes, on a free port. Called by specs. Must never let in who has no session. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export class MyfxbookServer {
  /** What `get-my-accounts` tells; null to answer nothing that can be read. */
  accounts: readonly object[] | null = []
  readonly calls: string[] = []
  private readonly sessions = new Set<string>()

  private constructor(private readonly server: Server) {
    server.on('request', (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
      const method = pathname.replace(/^\/api\/(.*)\.json$/, '$1')
      this.calls.push(method)
      response.setHeader('content-type', 'application/json').end(JSON.stringify(this.answer(method, searchParams)))
    })
  }

  static async start(): Promise<MyfxbookServer> {
    const server = createServer()
    const started = new MyfxbookServer(server)
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    return started
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/api`
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve))
  }

  private answer(method: string, query: URLSearchParams): object {
    const session = query.get('session') ?? ''
    if (method === 'login') {
      if (query.get('password') !== 'right') return { error: true, message: 'Wrong email/password.' }
      this.sessions.add('s/1+')
      // Encoded once already, as the real one does.
      return { error: false, message: '', session: encodeURIComponent('s/1+') }
    }
    if (!this.sessions.has(session)) return { error: true, message: 'Invalid session.' }
    if (method === 'logout') return { error: !this.sessions.delete(session), message: '' }
    return this.accounts === null ? [] : { error: false, message: '', accounts: this.accounts }
  }
}

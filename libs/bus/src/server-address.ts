/**
 * What NATS_URL says: where the servers are, and the login that all of them take.
 * Called by Bus, and by onlookers that connect without it. Must never leave a password in an address, which is logged.
 */
export interface ServerAddress {
  readonly servers: string[]
  readonly user?: string
  readonly pass?: string
}

const withLogin = /^(\w+:\/\/)?([^:@/]*):([^@/]*)@(.+)$/

/** `nats://user:password@host:port`, or several separated by commas; the login of the first that has one counts. */
export function serverAddress(url: string): ServerAddress {
  const parts = url.split(',').map((one) => withLogin.exec(one.trim()) ?? one.trim())
  const servers = parts.map((part) => (typeof part === 'string' ? part : `${part[1] ?? ''}${part[4]}`))
  const login = parts.find((part) => typeof part !== 'string')
  if (login === undefined) return { servers }
  return { servers, user: decodeURIComponent(login[2]!), pass: decodeURIComponent(login[3]!) }
}

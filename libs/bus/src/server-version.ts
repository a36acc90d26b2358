/** Which nats-servers we run on. Called by the connection. Must never let an older server through (rule R2). */
export const serverVersionFloor = '2.10.0'

export class IncompatibleServerError extends Error {
  override readonly name = 'IncompatibleServerError'

  constructor(version: string) {
    super(`nats-server ${version} is too old: ${serverVersionFloor} or newer is needed (Debian 12 carries 2.9.10)`)
  }
}

export function refuseOldServer(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  if (!(major > 2 || (major === 2 && minor >= 10))) throw new IncompatibleServerError(version)
}

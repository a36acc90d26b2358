/**
 * Which port each part of an installation listens on: the gateway's, and those that follow it.
 * Called by `up`. Must never take a port that another program holds: it says by whom and what to do.
 */
import { freePort, openPortsFrom, portIsFree } from '@tradewire/backends/free-port'
import { portHolder } from '../system/port-holder.ts'
import { LauncherError } from '../terminal/launcher-error.ts'
import type { ServiceName } from './catalogue.ts'

export type BackendName = 'postgres' | 'nats' | 'redis'
/** What the paper venue speaks as plain TCP. */
export type PaperPortName = 'xapiMain' | 'xapiStream'
/** Where the gateway, whose own port is public, shows its metrics. */
export type OperationsPortName = 'operations'
export type Ports = Readonly<Record<ServiceName | BackendName | PaperPortName | OperationsPortName, number>>

export const gatewayPortDefault = 7400
/** From the ports of one installation to those that are offered to a second one. */
export const portsApart = 100

/** Distance from the gateway's port; services first, backends and the paper venue's other doors from ten on. */
export const portOffsets: Ports = {
  gateway: 0,
  signals: 1,
  paper: 2,
  identity: 3,
  orders: 4,
  brokers: 5,
  reporting: 6,
  webhooks: 7,
  billing: 8,
  operations: 9,
  postgres: 10,
  nats: 11,
  redis: 12,
  xapiMain: 13,
  xapiStream: 14,
}

export function serviceUrl(ports: Ports, name: ServiceName): string {
  return `http://127.0.0.1:${ports[name]}`
}

/** The ports from a base; base 0 takes any free port for each part. */
export async function choosePorts(base: number, parts: readonly (keyof Ports)[]): Promise<Ports> {
  const ports = { ...portOffsets }
  for (const part of Object.keys(portOffsets) as (keyof Ports)[]) {
    ports[part] = base === 0 ? await freePort() : base + portOffsets[part]
  }
  if (base !== 0) await assertFree(ports, parts)
  return ports
}

/** Root may open any port, but its PostgreSQL runs as another user. */
function isReserved(part: keyof Ports, port: number): boolean {
  return port < openPortsFrom() && (process.getuid?.() !== 0 || part === 'postgres')
}

async function assertFree(ports: Ports, parts: readonly (keyof Ports)[]): Promise<void> {
  for (const part of parts) {
    if (isReserved(part, ports[part])) {
      throw new LauncherError(
        `port ${ports[part]}, wanted for ${part}, may not be opened: the system reserves those below ${openPortsFrom()}`,
        `choose another range with --port, such as --port ${gatewayPortDefault}, and let a proxy listen on ${ports.gateway}`,
      )
    }
    if (await portIsFree(ports[part])) continue
    const holder = portHolder(ports[part])
    const by = holder === undefined ? 'another program' : `${holder.command} (pid ${holder.pid})`
    throw new LauncherError(
      `port ${ports[part]}, wanted for ${part}, is taken by ${by}`,
      `choose another range with --port, such as --port ${ports.gateway + portsApart}; --port 0 takes any free ports`,
    )
  }
}

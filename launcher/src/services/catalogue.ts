/**
 * The services that the launcher knows, in the order in which they start, and where each is declared.
 * Called by up, run, migrate and status. Must never load a service that was not asked for.
 */
import type { AnyServiceDefinition } from '@tradewire/nest-kit/define-service'
import { LauncherError, exitCodes } from '../terminal/launcher-error.ts'

/** Those that others depend on come first; stopping goes the other way round. */
export const serviceNames = [
  'paper',
  'identity',
  'signals',
  'orders',
  'brokers',
  'reporting',
  'webhooks',
  'billing',
  'gateway',
] as const

export type ServiceName = (typeof serviceNames)[number]

const loaders: Readonly<Record<ServiceName, () => Promise<AnyServiceDefinition>>> = {
  paper: async () => (await import('@tradewire/paper/service')).paperService,
  identity: async () => (await import('@tradewire/identity/service')).identityService,
  signals: async () => (await import('@tradewire/signals/service')).signalsService,
  orders: async () => (await import('@tradewire/orders/service')).ordersService,
  brokers: async () => (await import('@tradewire/brokers/service')).brokersService,
  reporting: async () => (await import('@tradewire/reporting/service')).reportingService,
  webhooks: async () => (await import('@tradewire/webhooks/service')).webhooksService,
  billing: async () => (await import('@tradewire/billing/service')).billingService,
  gateway: async () => (await import('@tradewire/gateway/service')).gatewayService,
}

export function loadService(name: ServiceName): Promise<AnyServiceDefinition> {
  return loaders[name]()
}

function isServiceName(name: string): name is ServiceName {
  return (serviceNames as readonly string[]).includes(name)
}

/** `all`, `none` (the servers alone) or a comma-separated list, in the order in which services start. */
export function parseServices(text: string): ServiceName[] {
  const wanted = text.split(',').map((name) => name.trim())
  const unknown = wanted.filter((name) => name !== 'all' && name !== 'none' && !isServiceName(name))
  if (unknown.length > 0) {
    const known = serviceNames.join(', ')
    throw new LauncherError(
      `no service is called ${unknown.join(', ')}`,
      `choose from: all, none, ${known}`,
      exitCodes.usage,
    )
  }
  return serviceNames.filter((name) => wanted.includes('all') || wanted.includes(name))
}

/** A running system as the fuzz run sees it: its gateway and its operator. Called by the command and by an e2e spec. */
import { setTimeout as delay } from 'node:timers/promises'
import { GatewayClient } from '@tradewire/launcher/gateway/gateway-client'
import type { Endpoints } from '@tradewire/launcher/up/endpoints'
import type { FuzzTarget } from './run-fuzz.ts'

export function fuzzTarget({ gateway, operator }: Endpoints): FuzzTarget {
  if (gateway === undefined || operator === undefined) throw new Error('the system has no gateway or no operator')
  const client = new GatewayClient(gateway, operator, delay)
  return { url: gateway, token: (renewed) => client.token(renewed) }
}

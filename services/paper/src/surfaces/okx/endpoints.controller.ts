/** All endpoints of OKX in one list. Called where the protocols are registered. Must never hold logic. */
import type { ProtocolEndpoint } from '../protocol/protocol.controller.ts'
import { accountEndpoints } from './account.controller.ts'
import { algoEndpoints } from './algo-orders.controller.ts'
import { marketEndpoints } from './market.controller.ts'
import { orderEndpoints } from './orders.controller.ts'

export const okxEndpoints: readonly ProtocolEndpoint[] = [
  ...marketEndpoints,
  ...accountEndpoints,
  ...orderEndpoints,
  ...algoEndpoints,
]

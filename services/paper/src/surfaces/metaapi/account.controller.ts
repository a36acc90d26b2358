/**
 * What a terminal shows of its account now: money, positions, pending orders. Called by the server.
 * Must never show what a fault switch hides.
 */
import { err } from '@tradewire/kernel/result'
import type { Ticket } from '#domain/cfd/ticket'
import type { Order } from '#domain/order'
import { answered, type Answer, type Endpoint, type TerminalCall } from './endpoint.wire.ts'
import { metaapiError } from './metaapi-error.wire.ts'
import { accountInformation, orderRecord, positionIdOf, positionRecord } from './record.map.ts'

export const terminalBase = '/users/current/accounts/:accountId'
const informationCost = 50
const listCost = 10

export function shownTickets({ account, now }: TerminalCall): Ticket[] {
  return [...account.tickets.values()].filter(({ openedBy }) => openedBy.visibleFrom <= now)
}

export function shownOrders({ account, now }: TerminalCall): Order[] {
  return [...account.open.values()].filter(({ visibleFrom }) => visibleFrom <= now)
}

function position(call: TerminalCall): Answer {
  const id = call.parameters['positionId'] ?? ''
  const ticket = shownTickets(call).find((each) => positionIdOf(each) === id)
  if (ticket !== undefined) return answered(positionRecord(call, ticket))
  return err(metaapiError('NotFoundError', `Position ${id} not found`))
}

function order(call: TerminalCall): Answer {
  const id = call.parameters['orderId'] ?? ''
  const found = shownOrders(call).find((each) => String(each.id) === id)
  return found === undefined
    ? err(metaapiError('NotFoundError', `Order ${id} not found`))
    : answered(orderRecord(call, found))
}

export const accountEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: `${terminalBase}/account-information`,
    cost: informationCost,
    access: 'terminal',
    answer: (call) => answered(accountInformation(call)),
  },
  {
    method: 'GET',
    path: `${terminalBase}/positions`,
    cost: listCost,
    access: 'terminal',
    answer: (call) => answered(shownTickets(call).map((ticket) => positionRecord(call, ticket))),
  },
  {
    method: 'GET',
    path: `${terminalBase}/positions/:positionId`,
    cost: listCost,
    access: 'terminal',
    answer: position,
  },
  {
    method: 'GET',
    path: `${terminalBase}/orders`,
    cost: listCost,
    access: 'terminal',
    answer: (call) => answered(shownOrders(call).map((each) => orderRecord(call, each))),
  },
  { method: 'GET', path: `${terminalBase}/orders/:orderId`, cost: listCost, access: 'terminal', answer: order },
]

/**
 * Orders that have ended, and deals: by their own number, by position, by time. Called by the server.
 * Must never show what a fault switch hides.
 */
import { z } from 'zod'
import { isFinal, type Fill, type Order } from '#domain/order'
import { terminalBase } from './account.controller.ts'
import { answered, parse, type Answer, type Endpoint, type TerminalCall } from './endpoint.wire.ts'
import { balanceDeal, dealRecord, orderRecord, positionOfFill } from './record.map.ts'

const cost = 10
const itemsMax = 1_000
const page = z.object({
  startTime: z.iso.datetime({ offset: true }),
  endTime: z.iso.datetime({ offset: true }),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(itemsMax).default(itemsMax),
})

function endedOrders({ account, now }: TerminalCall): Order[] {
  return account.orders.filter((order) => isFinal(order.status) && order.visibleFrom <= now)
}

function shownFills({ account, now }: TerminalCall): Fill[] {
  return account.fills.filter(({ order }) => order.visibleFrom <= now)
}

type Timed = readonly [at: number, item: () => object]

/** From the start, which counts, to the end, which does not. */
function byTime(call: TerminalCall, items: readonly Timed[]): Answer {
  const parsed = parse(page, { ...call.query, ...call.parameters })
  if (!parsed.ok) return parsed
  const { startTime, endTime, offset, limit } = parsed.value
  const [from, to] = [Date.parse(startTime), Date.parse(endTime)]
  const found = items.filter(([at]) => at >= from && at < to).slice(offset, offset + limit)
  return answered(found.map(([, item]) => item()))
}

function ordersWhere(call: TerminalCall, wanted: (order: Order) => boolean): Answer {
  return answered(
    endedOrders(call)
      .filter(wanted)
      .map((order) => orderRecord(call, order)),
  )
}

function dealsWhere(call: TerminalCall, wanted: (fill: Fill) => boolean): Answer {
  return answered(
    shownFills(call)
      .filter(wanted)
      .map((fill) => dealRecord(call, fill)),
  )
}

function ordersOfPosition(call: TerminalCall): Answer {
  const { account, parameters } = call
  const ids = shownFills(call)
    .filter((fill) => positionOfFill(account, fill) === parameters['positionId'])
    .map(({ order }) => order)
  return ordersWhere(call, (order) => ids.includes(order))
}

export const historyEndpoints: readonly Endpoint[] = [
  {
    method: 'GET',
    path: `${terminalBase}/history-orders/ticket/:ticket`,
    cost,
    access: 'terminal',
    answer: (call) => ordersWhere(call, ({ id }) => String(id) === call.parameters['ticket']),
  },
  {
    method: 'GET',
    path: `${terminalBase}/history-orders/position/:positionId`,
    cost,
    access: 'terminal',
    answer: ordersOfPosition,
  },
  {
    method: 'GET',
    path: `${terminalBase}/history-orders/time/:startTime/:endTime`,
    cost,
    access: 'terminal',
    answer: (call) =>
      byTime(
        call,
        endedOrders(call).map((order): Timed => [order.updatedAt, () => orderRecord(call, order)]),
      ),
  },
  {
    method: 'GET',
    path: `${terminalBase}/history-deals/ticket/:ticket`,
    cost,
    access: 'terminal',
    answer: (call) => dealsWhere(call, ({ tradeId }) => String(tradeId) === call.parameters['ticket']),
  },
  {
    method: 'GET',
    path: `${terminalBase}/history-deals/position/:positionId`,
    cost,
    access: 'terminal',
    answer: (call) => dealsWhere(call, (fill) => positionOfFill(call.account, fill) === call.parameters['positionId']),
  },
  {
    method: 'GET',
    path: `${terminalBase}/history-deals/time/:startTime/:endTime`,
    cost,
    access: 'terminal',
    answer: (call) =>
      byTime(call, [
        [call.account.createdAt, () => balanceDeal(call.account)],
        ...shownFills(call).map((fill): Timed => [fill.at, () => dealRecord(call, fill)]),
      ]),
  },
]

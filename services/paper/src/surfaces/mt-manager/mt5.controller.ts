/**
 * What the protocol has of MT5 platforms: reads, no trades. The same accounts as positions, orders and deals.
 * Called by the server. Must never change anything.
 */
import { err } from '@tradewire/kernel/result'
import type { ManagedUser } from '#domain/accounts/managed-user'
import { isFinal } from '#domain/order'
import {
  answered,
  accountOf,
  listed,
  type ManagerCall,
  type ManagerOperation,
  marketNamed,
  serverTimeText,
  serverZoneHours,
  userNamed,
  usersOf,
} from './call.wire.ts'
import { notFound, type Answer } from './envelope.wire.ts'
import {
  dealRecord,
  firstDeal,
  groupRecord5,
  orderRecord,
  positionRecord,
  symbolRecord,
  userRecord5,
  type Seen,
} from './mt5-record.map.ts'
import { groupsOf } from './record.map.ts'

/** Masks are lists of names with stars: "demo*,real". */
function matches(mask: string, group: string): boolean {
  return mask.split(',').some((one) => {
    const pieces = one
      .trim()
      .split('*')
      .map((piece) => piece.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
    return new RegExp(`^${pieces.join('.*')}$`).test(group)
  })
}

function users(call: ManagerCall): ManagedUser[] {
  return usersOf(call).filter(({ profile }) => matches(call.parameters['mask'] ?? '', profile.group))
}

/** By their own number, whosever they are. */
function all<Item>(
  call: ManagerCall,
  of: (seen: Seen) => readonly (readonly [number, Item])[],
  view: (item: Item) => unknown,
): Answer {
  const items = users(call).flatMap((user) => of({ call, user, account: accountOf(call, user) }))
  return listed(
    items.toSorted(([one], [other]) => one - other),
    ([, item]) => view(item),
  )
}

function positions(call: ManagerCall): Answer {
  return all(
    call,
    (seen) =>
      [...seen.account.tickets.values()]
        .filter(({ openedBy }) => openedBy.visibleFrom <= call.now)
        .map((ticket) => [ticket.openedBy.id, () => positionRecord(seen, ticket)] as const),
    (record) => record(),
  )
}

function orders(call: ManagerCall): Answer {
  return all(
    call,
    (seen) =>
      [...seen.account.open.values()]
        .filter((order) => !isFinal(order.status) && order.visibleFrom <= call.now)
        .map((order) => [order.id, () => orderRecord(seen, order)] as const),
    (record) => record(),
  )
}

function deals(call: ManagerCall): Answer {
  return all<() => object>(
    call,
    (seen) => [
      [0, () => firstDeal(seen)] as const,
      ...seen.account.fills
        .filter(({ order }) => order.visibleFrom <= call.now)
        .map((fill) => [fill.tradeId, () => dealRecord(seen, fill)] as const),
    ],
    (record) => record(),
  )
}

function user(call: ManagerCall): Answer {
  const found = userNamed(call)
  return found.ok ? answered(userRecord5({ call, user: found.value, account: accountOf(call, found.value) })) : found
}

function group(call: ManagerCall): Answer {
  const name = call.parameters['group'] ?? ''
  return groupsOf(call, usersOf(call)).includes(name)
    ? answered(groupRecord5(name))
    : err(notFound('there is no such group'))
}

function symbol(call: ManagerCall): Answer {
  const market = marketNamed(call, call.parameters['symbol'])
  return market.ok ? answered(symbolRecord(market.value)) : market
}

const kind = 'MT5'
/** In minutes. */
const hourMinutes = 60
const time = { timeZone: serverZoneHours * hourMinutes, timeServer: null, daylight: false, daylightState: 0 }

export const mt5Operations: readonly ManagerOperation[] = [
  { method: 'GET', kind, path: 'ServerTime', answer: ({ now }) => answered(serverTimeText(now)) },
  { method: 'GET', kind, path: 'TimeGet', answer: () => answered(time) },
  { method: 'GET', kind, path: 'UserGet/{login}', answer: user },
  { method: 'GET', kind, path: 'GroupGet/{group}', answer: group },
  { method: 'GET', kind, path: 'SymbolGet/{symbol}', answer: symbol },
  { method: 'GET', kind, path: 'PositionByGroup/{mask}', paged: true, answer: positions },
  { method: 'GET', kind, path: 'OrderByGroup/{mask}', paged: true, answer: orders },
  { method: 'GET', kind, path: 'DealByGroup/{mask}', paged: true, answer: deals },
]

import { orderSubmit } from '@tradewire/contracts/events/orders'
import { ok } from '@tradewire/kernel/result'
import { expect, it } from 'vitest'
import { newAttempt } from '#domain/attempt/attempt'
import { Desk, openAttempt } from '#domain/sending/desk'
import { FollowAccounts } from './follow-accounts.use-case.ts'

const partition = 0
const ids = Array.from({ length: 600 }, (_, number) => `account ${number}`)
const last = ids.at(-1)!

it('opens the accounts with open orders first, and all of them in groups', async () => {
  const desk = new Desk({ all: 1, exits: 0 })
  desk.hold({ partition, generation: '1', validUntilMs: Number.POSITIVE_INFINITY })
  const command = { ...orderSubmit.data.parse(orderSubmit.example), accountId: last }
  const attempt = newAttempt({ command, clientOrderId: 'c', partition, receivedAt: new Date(0) })
  desk.add(openAttempt({ ...attempt, state: 'accepted' }, '1', null))

  const groups: (readonly string[])[] = []
  const opened: string[] = []
  const accounts = {
    changedSince: () => Promise.resolve({ at: new Date(0), usable: ids, unusable: [] }),
    unseal(group: readonly string[]) {
      groups.push(group)
      return Promise.resolve(group.map((id) => ({ account: { id, partition } })))
    },
  }
  const sessions = {
    onEvent: () => undefined,
    all: () => [],
    known: (id: string) => (opened.includes(id) ? {} : undefined),
    adopt({ account }: { readonly account: { readonly id: string } }) {
      opened.push(account.id)
      return Promise.resolve(ok({}))
    },
  }
  const follow = new FollowAccounts(desk, accounts as never, sessions as never, undefined as never, undefined as never)
  await follow.execute([partition])
  await new Promise(setImmediate)
  expect(groups.map(({ length }) => length)).toEqual([250, 250, 100])
  expect(opened).toEqual([last, ...ids.slice(0, -1)])
})

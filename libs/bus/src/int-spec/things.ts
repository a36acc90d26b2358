/** Contracts of an invented service. Called by the bus's int-specs only. Must never be used outside of them. */
import { defineEvent, type EventContract } from '@tradewire/contracts/define-event'
import { defineRpc } from '@tradewire/contracts/define-rpc'
import { z } from 'zod'

const data = z.strictObject({ account: z.string(), number: z.int() })
const example = { account: 'a', number: 1 }
export const thingHappened = defineEvent({
  name: 'thing.happened',
  version: 1,
  owner: 'things',
  description: 'One event a message.',
  data,
  example,
})
export const thingCounted = defineEvent({
  name: 'thing.counted',
  version: 1,
  owner: 'things',
  delivery: 'batched',
  description: 'Many events a message.',
  data,
  example,
})
export const thingOrdered = defineEvent({
  name: 'thing.ordered',
  version: 1,
  owner: 'things',
  delivery: 'batched',
  partitioned: true,
  description: 'A command by account.',
  data: z.strictObject({ accountId: z.uuid() }),
  example: { accountId: 'df30b2fa-adc8-47cb-a9f5-be90ae259827' },
})
export const thingHurried = defineEvent({
  name: 'thing.hurried',
  version: 1,
  owner: 'things',
  description: 'What is of the account "exit" goes before all others.',
  data,
  example,
  urgent: ({ account }) => account === 'exit',
})
export const contracts: readonly EventContract[] = [thingHappened, thingCounted, thingOrdered, thingHurried]

export const doubleNumber = defineRpc({
  name: 'things.number.double',
  description: 'Doubles a number.',
  request: z.strictObject({ number: z.int(), note: z.string().default('none') }),
  reply: z.strictObject({ number: z.int(), note: z.string() }),
  deadlineMs: 500,
})
export const nobodyAnswers = defineRpc({ ...doubleNumber, name: 'things.nobody.answers' })

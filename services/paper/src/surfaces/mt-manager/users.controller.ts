/**
 * Users and groups of an MT4 platform: read, opened, changed, their passwords set and checked. Called by the server.
 * Must never answer with a password, nor let a client see another one's users.
 */
import { createHash } from 'node:crypto'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { z } from 'zod'
import { newProfile, type ManagedUser, type UserProfile } from '#domain/accounts/managed-user'
import {
  accountOf,
  answered,
  listed,
  type ManagerCall,
  type ManagerOperation,
  parse,
  userNamed,
  usersOf,
  wholeOf,
} from './call.wire.ts'
import { managerError, notFound, type Answer, type Failure } from './envelope.wire.ts'
import { currencyOf, groupRecord, groupSecurity, groupsOf, userRecord } from './record.map.ts'
import { venueName } from './token.wire.ts'

const textCharactersMax = 128
const passwordCharactersMax = 64
const leverageMax = 1_000
const securitiesMax = 32
const int32 = z.int().min(-2_147_483_648).max(2_147_483_647)
const text = z.string().max(textCharactersMax).nullish()
const ownWords = {
  externalId: text,
  status: text,
  country: text,
  city: text,
  state: text,
  zipCode: text,
  address: text,
  leadSource: text,
  phone: text,
  email: text,
  comment: text,
  leverage: int32.min(0).max(leverageMax).optional(),
  agentAccount: int32.optional(),
  interestRate: z.number().optional(),
  taxes: z.number().optional(),
  enableFlags: int32.min(0).optional(),
  sendReports: int32.optional(),
  mqid: z.int().optional(),
  userColor: int32.optional(),
}
const groupName = z.string().min(1).max(16)
const userName = z.string().min(1).max(textCharactersMax)
const newUser = z.strictObject({ login: int32.min(0).default(0), group: groupName, name: userName, ...ownWords })
const changedUser = z.strictObject({
  group: groupName.optional(),
  name: userName.optional(),
  ...ownWords,
  balance: z.number().optional(),
  credit: z.number().optional(),
})
const firstChangedUser = changedUser.extend({ login: int32.min(1) })
const password = z.string().min(1).max(passwordCharactersMax)

function openUser(call: ManagerCall, ids: IdSource): Answer {
  const parsed = parse(newUser, call.body)
  if (!parsed.ok) return parsed
  const { login: wanted, ...given } = parsed.value
  const users = usersOf(call)
  if (!groupsOf(call, users).includes(given.group)) return err(managerError('InvalidData', 'there is no such group'))
  if (users.some(({ login }) => login === wanted)) return err(managerError('InvalidData', 'the login is taken'))
  const login = wanted === 0 ? Math.max(...users.map((user) => user.login)) + 1 : wanted
  const profile = newProfile({ group: given.group, name: given.name, ...profileOf(given) })
  const accountId = ids.next<'PaperAccount'>()
  const currency = currencyOf(profile.group)
  call.venue.execute((session) => {
    const at = session.now
    const keys = { apiKey: `managed ${accountId}`, secret: '' }
    const terms = { mode: 'hedging', leverageMax: profile.leverage } as const
    const balances = [{ asset: currency, total: 0n }]
    const names = { venue: venueName, label: profile.name, currency } as const
    session.emit({ kind: 'account-created', accountId, ...names, ...keys, balances, ...terms, at })
    session.emit({ kind: 'user-opened', accountId, ownerId: call.owner.id, login, profile, at })
  })
  const user = call.venue.state.users.get(accountId)
  return user === undefined ? err(managerError('InvalidData')) : answered(userRecord(call, user))
}

/** Money may come along, as the record has it; it is moved by transactions only. */
const money = new Set(['balance', 'credit'])

function profileOf(given: object): Partial<UserProfile> {
  const set = Object.entries(given).filter(([name, value]) => !money.has(name) && value !== null && value !== undefined)
  return Object.fromEntries(set) as Partial<UserProfile>
}

function changeUser(call: ManagerCall, user: ManagedUser, given: z.output<typeof changedUser>): Answer {
  const account = accountOf(call, user)
  const profile = profileOf(given)
  const { group } = profile
  if (group !== undefined && group !== user.profile.group) {
    if (!groupsOf(call, usersOf(call)).includes(group) || currencyOf(group) !== account.currency) {
      return err(managerError('InvalidData', 'there is no such group for the account'))
    }
  }
  call.venue.execute((session) =>
    session.emit({ kind: 'user-changed', accountId: account.id, profile, at: session.now }),
  )
  return answered(userRecord(call, user))
}

function updateUser(call: ManagerCall): Answer {
  const user = userNamed(call)
  if (!user.ok) return user
  const parsed = parse(changedUser, call.body)
  return parsed.ok ? changeUser(call, user.value, parsed.value) : parsed
}

/** Version 1 says the login in the record. */
function updateNamedUser(call: ManagerCall): Answer {
  const parsed = parse(firstChangedUser, call.body)
  if (!parsed.ok) return parsed
  const { login, ...given } = parsed.value
  const user = userNamed({ ...call, parameters: { login: String(login) } })
  return user.ok ? changeUser(call, user.value, given) : user
}

function hashOf({ accountId }: ManagedUser, words: string): string {
  return createHash('sha256').update(`${accountId} ${words}`).digest('hex')
}

function setPassword(call: ManagerCall): Answer {
  const asked = passwordOf(call)
  if (!asked.ok) return asked
  const { user, words } = asked.value
  const change = call.query.get('changeInvestor') === 'true' ? 'investorPassword' : 'password'
  call.venue.execute((session) => {
    const { accountId } = user
    session.emit({ kind: 'user-changed', accountId, [change]: hashOf(user, words), at: session.now })
  })
  return answered(true)
}

function checkPassword(call: ManagerCall): Answer {
  const asked = passwordOf(call)
  if (!asked.ok) return asked
  const { user, words } = asked.value
  return user.password === hashOf(user, words) ? answered(true) : err(managerError('BadAccountInfo', 'wrong password'))
}

function passwordOf(call: ManagerCall): Result<{ user: ManagedUser; words: string }, Failure> {
  const user = userNamed(call)
  if (!user.ok) return user
  const words = parse(password, call.body)
  return words.ok ? ok({ user: user.value, words: words.value }) : words
}

function one(call: ManagerCall): Answer {
  const user = userNamed(call)
  return user.ok ? answered(userRecord(call, user.value)) : user
}

function several(call: ManagerCall): Answer {
  const wanted: number[] = []
  for (const each of call.query.getAll('logins')) {
    const login = wholeOf(each, 'logins')
    if (!login.ok) return login
    wanted.push(login.value)
  }
  const users = usersOf(call).filter(({ login }) => wanted.includes(login))
  return listed(users, (user) => userRecord(call, user))
}

function group(call: ManagerCall): Answer {
  const name = call.parameters['group'] ?? ''
  return groupsOf(call, usersOf(call)).includes(name)
    ? answered(groupRecord(name))
    : err(notFound('there is no such group'))
}

/** Every security that there may be, of which a few are traded. */
function groupSecurities(call: ManagerCall): Answer {
  const name = call.parameters['group'] ?? ''
  if (!groupsOf(call, usersOf(call)).includes(name)) return err(notFound('there is no such group'))
  return listed(
    Array.from({ length: securitiesMax }, (_, index) => index),
    groupSecurity,
  )
}

const all = (call: ManagerCall): Answer => listed(usersOf(call), (user) => userRecord(call, user))
const groups = (call: ManagerCall): Answer => listed(groupsOf(call, usersOf(call)), groupRecord)

export function userOperations(ids: IdSource): readonly ManagerOperation[] {
  const kind = 'MT4'
  return [
    { method: 'GET', kind, path: 'UserRecordGet/{login}', versions: [1, 2], answer: one },
    { method: 'GET', kind, path: 'UserRecordRequest/{login}', answer: one },
    { method: 'GET', kind, path: 'UserRecordsRequest', answer: several },
    { method: 'GET', kind, path: 'UsersGet', versions: [1], answer: all },
    { method: 'GET', kind, path: 'UsersRequest', paged: true, answer: all },
    { method: 'POST', kind, path: 'UserRecordNew', versions: [1, 2], answer: (call) => openUser(call, ids) },
    { method: 'POST', kind, path: 'UserRecordUpdate/{login}', answer: updateUser },
    { method: 'PATCH', kind, path: 'UserRecord/{login}', answer: updateUser },
    { method: 'POST', kind, path: 'UserPasswordSet/{login}', versions: [1, 2], answer: setPassword },
    { method: 'POST', kind, path: 'UserPasswordCheck/{login}', answer: checkPassword },
    { method: 'GET', kind, path: 'GroupsGet', answer: groups },
    { method: 'GET', kind, path: 'GroupSecGroupsGet/{group}', answer: groupSecurities },
    { method: 'GET', kind, path: 'GroupsRequest', paged: true, answer: groups },
    { method: 'GET', kind, path: 'GroupRecordGet/{group}', answer: group },
    {
      method: 'GET',
      kind,
      path: 'EnsureGroupNameExist/{group}',
      answer: (call) => answered(groupsOf(call, usersOf(call)).includes(call.parameters['group'] ?? '')),
    },
    { method: 'POST', kind, path: 'UserRecordUpdate', versions: [1], answer: updateNamedUser },
  ]
}

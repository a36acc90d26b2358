import { isDeepStrictEqual } from 'node:util'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { ensureOperator } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import { gatewayService } from '@tradewire/gateway/service'
import { startIdentity } from '@tradewire/identity/testing/start-identity'
import { eventually } from '@tradewire/testkit/eventually'
import { startTestService, type TestService } from '@tradewire/testkit/start-test-service'
import { testBackends } from '@tradewire/testkit/test-backends'
import { generateSync } from 'otplib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiUser, type ApiFailure, type ApiReply } from '#system/api-user'
import { type ReceivedMail, SmtpReceiver } from '#system/smtp-receiver'

const backends = testBackends()
const password = 'correct horse battery staple'
let smtp: SmtpReceiver
let identity: TestService
let gateway: TestService
let nobody: ApiUser

beforeAll(async () => {
  smtp = await SmtpReceiver.start()
  identity = await startIdentity(backends, {
    IDENTITY_MAIL_URL: smtp.url,
    IDENTITY_MAIL_FROM: 'Tradewire <mail@trade.example>',
    IDENTITY_PUBLIC_URL: 'https://trade.example',
    IDENTITY_MAILS_PER_CLIENT_MAX: '1000',
    IDENTITY_ORGANISATION_NAME: 'Acme',
    IDENTITY_ORGANISATION_CONTACT: 'help@trade.example',
  })
  await identity.app.get(RpcClient).ask(ensureOperator, { username: 'operator', password })
  gateway = await startTestService(gatewayService, backends, { settings: { GATEWAY_RATE_LIMIT: 'false' } })
  nobody = ApiUser.nobody(gateway.url)
})

afterAll(() => smtp.stop())

function post<Body = ApiFailure>(path: string, json: object): Promise<ApiReply<Body>> {
  return nobody.asks<Body>('POST', `/v1/auth/${path}`, json)
}

async function codeOf(asked: Promise<ApiReply<ApiFailure>>): Promise<string> {
  const { status, body } = await asked
  return status < 300 ? 'ok' : body.error.code
}

function mailTo(address: string, count = 1): Promise<ReceivedMail> {
  return eventually(() => smtp.to(address)[count - 1], { withinMs: 15_000, describe: `mail ${count} to ${address}` })
}

function tokenIn({ text }: ReceivedMail): string {
  const link = /https:\/\/trade\.example\/account#(?:confirm|reset)=(\S+)/.exec(text)
  if (link?.[1] === undefined) throw new Error(`no link in: ${text}`)
  return link[1]
}

const emailOf = (username: string): string => `${username}@mail.example`

async function registered(username: string): Promise<ReceivedMail> {
  expect((await post('register', { username, email: emailOf(username), password })).status).toBe(202)
  return mailTo(emailOf(username))
}

async function newPerson(username: string): Promise<ApiUser> {
  const token = tokenIn(await registered(username))
  expect((await post('register/confirm', { token, password })).status).toBe(201)
  return ApiUser.logIn(gateway.url, { username, password })
}

function logIn(username: string, secret = password): Promise<string> {
  return codeOf(post('login', { username, password: secret }))
}

describe('registering', () => {
  it('opens an account by the mailed link and the password, once', async () => {
    const mail = await registered('newcomer')
    expect(mail).toMatchObject({ from: 'mail@trade.example', to: [emailOf('newcomer')] })
    expect(mail.headers).toMatchObject({ subject: 'Acme: Confirm your registration' })
    const token = tokenIn(mail)
    expect(await logIn('newcomer')).toBe('WRONG_CREDENTIALS')
    const opened = await post<object>('register/confirm', { token, password })
    expect(opened.status).toBe(201)
    expect(opened.body).toMatchObject({
      username: 'newcomer',
      email: emailOf('newcomer'),
      emailVerifiedAt: expect.any(String),
      roles: ['follower'],
    })
    expect(await logIn('newcomer')).toBe('ok')
    expect(await codeOf(post('register/confirm', { token, password }))).toBe('LINK_INVALID')
  })

  it('takes the link alone for no proof: five wrong passwords and it is void', async () => {
    const token = tokenIn(await registered('victim'))
    for (let guess = 0; guess < 5; guess += 1) {
      expect(await codeOf(post('register/confirm', { token, password: 'a guess' }))).toBe('WRONG_PASSWORD')
    }
    expect(await codeOf(post('register/confirm', { token, password }))).toBe('LINK_INVALID')
  })

  it('holds no name before the address is proven, and lets a late one choose another', async () => {
    const token = tokenIn(await registered('popular'))
    const operator = await ApiUser.logIn(gateway.url, { username: 'operator', password })
    await operator.does('POST', '/v1/users', { username: 'popular', password, roles: ['follower'] })
    expect(await codeOf(post('register/confirm', { token, password }))).toBe('USERNAME_TAKEN')
    const opened = await post<object>('register/confirm', { token, password, username: 'popular-2' })
    expect([opened.status, opened.body]).toMatchObject([201, { username: 'popular-2' }])
  })

  it('mails the link again when asked, and both links work until one is used', async () => {
    const first = tokenIn(await registered('patient'))
    expect((await post('register/resend', { email: 'PATIENT@mail.example' })).status).toBe(202)
    const again = await eventually(() => smtp.to('PATIENT@mail.example')[0], { withinMs: 15_000 })
    expect(tokenIn(again)).not.toBe(first)
    expect(await codeOf(post('register/confirm', { token: tokenIn(again), password }))).toBe('ok')
    expect(await codeOf(post('register/confirm', { token: first, password }))).toBe('LINK_INVALID')
  })

  it('ends after a day', async () => {
    const token = tokenIn(await registered('slow'))
    await backends.query(`update identity.mailed_link set expires_at = expires_at - interval '24 hours'`)
    expect(await codeOf(post('register/confirm', { token, password }))).toBe('LINK_INVALID')
  })

  it('answers a known address like an unknown one, and tells its owner by mail alone', async () => {
    await newPerson('owner')
    const known = await post('register', { username: 'other', email: emailOf('owner'), password })
    const unknown = await post('register', { username: 'another', email: 'free@mail.example', password })
    expect(known).toEqual(unknown)
    const told = await mailTo(emailOf('owner'), 2)
    expect(told.headers).toMatchObject({ subject: 'Acme: You have an account already' })
    expect(told.text).not.toContain('#')
  })

  it('and everything else that mails looks at no user before it answers', async () => {
    const locked = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    // Whoever reads the table meanwhile waits, so an answer that comes meanwhile cannot depend on it.
    const holding = identity.app.get(Database).transact(async (tx) => {
      await tx.query('lock table app_user in access exclusive mode')
      locked.resolve()
      await answered.promise
    })
    await locked.promise
    const email = emailOf('owner')
    const answers = await Promise.all([
      post('register', { username: 'owner', email, password }),
      post('register/resend', { email }),
      post('password/forgot', { email }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
    answered.resolve()
    await holding
  })
})

describe('a forgotten password', () => {
  it('is replaced by a mailed link, once, and ends every session', async () => {
    await newPerson('forgetful')
    const pair = await post<{ refreshToken: string; accessToken: string }>('login', { username: 'forgetful', password })
    for (let asked = 0; asked < 2; asked += 1) {
      expect((await post('password/forgot', { email: emailOf('forgetful') })).status).toBe(202)
      await mailTo(emailOf('forgetful'), 2 + asked)
    }
    const [older, newer] = smtp.to(emailOf('forgetful')).slice(1).map(tokenIn)
    const newPassword = 'a quite different pass phrase'
    expect((await post('password/reset', { token: newer, newPassword })).status).toBe(204)
    for (const token of [newer, older]) {
      expect(await codeOf(post('password/reset', { token, newPassword }))).toBe('LINK_INVALID')
    }
    expect(await logIn('forgetful')).toBe('WRONG_CREDENTIALS')
    expect(await logIn('forgetful', newPassword)).toBe('ok')
    expect(await codeOf(post('refresh', { refreshToken: pair.body.refreshToken }))).toBe('REFRESH_TOKEN_INVALID')
    const notice = await mailTo(emailOf('forgetful'), 4)
    expect(notice.headers).toMatchObject({ subject: 'Acme: Your password was changed' })
  })

  it('opens a name again that wrong passwords had closed', async () => {
    await newPerson('locked')
    for (let guess = 0; guess < 6; guess += 1) await logIn('locked', 'wrong')
    expect(await logIn('locked')).toBe('TOO_MANY_ATTEMPTS')
    await post('password/forgot', { email: emailOf('locked') })
    const token = tokenIn(await mailTo(emailOf('locked'), 2))
    expect((await post('password/reset', { token, newPassword: password })).status).toBe(204)
    expect(await logIn('locked')).toBe('ok')
  })

  it('leaves a second factor on', async () => {
    const person = await newPerson('careful')
    const { secret } = await person.does<{ secret: string }>('POST', '/v1/users/me/second-factor', {})
    const code = generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) })
    await person.does('POST', '/v1/users/me/second-factor/confirm', { code })
    await post('password/forgot', { email: emailOf('careful') })
    const token = tokenIn(await mailTo(emailOf('careful'), 2))
    expect((await post('password/reset', { token, newPassword: password })).status).toBe(204)
    expect(await logIn('careful')).toBe('SECOND_FACTOR_NEEDED')
  })

  it('has a link for an hour', async () => {
    await newPerson('late')
    await post('password/forgot', { email: emailOf('late') })
    const token = tokenIn(await mailTo(emailOf('late'), 2))
    await backends.query(`update identity.mailed_link set expires_at = expires_at - interval '1 hour'`)
    expect(await codeOf(post('password/reset', { token, newPassword: password }))).toBe('LINK_INVALID')
  })

  it('of nobody is answered alike and mailed to nobody', async () => {
    await newPerson('somebody')
    const known = await post('password/forgot', { email: emailOf('somebody') })
    const unknown = await post('password/forgot', { email: 'stranger@mail.example' })
    expect(unknown).toEqual(known)
    await eventually(async () => {
      const [mail] = await backends.query(
        `select from identity.mail where email = 'stranger@mail.example' and state = 'unwanted'`,
      )
      return mail
    })
    expect(smtp.to('stranger@mail.example')).toEqual([])
    await mailTo(emailOf('somebody'), 2)
  })
})

describe('a mail', () => {
  const stateOf = async (email: string) => {
    const [mail] = await backends.query<{ state: string; attempts: number; claimed: boolean }>(
      'select state, attempts, claimed_until is not null as claimed from identity.mail where email = $1',
      [email],
    )
    return mail
  }

  it('is tried again when the server says later, and given up when it says never', async () => {
    smtp.refusals.push('451 later')
    await post('register', { username: 'greylisted', email: emailOf('greylisted'), password })
    const tried = { state: 'waiting', attempts: 1, claimed: false }
    await eventually(async () => isDeepStrictEqual(await stateOf(emailOf('greylisted')), tried), { withinMs: 15_000 })
    await backends.query(`update identity.mail set next_attempt_at = now() where state = 'waiting'`)
    expect(tokenIn(await mailTo(emailOf('greylisted')))).toMatch(/^twm_/)
    await eventually(async () => (await stateOf(emailOf('greylisted')))?.state === 'sent')

    smtp.refusals.push('550 no such mailbox')
    await post('register', { username: 'mistyped', email: emailOf('mistyped'), password })
    await eventually(async () => (await stateOf(emailOf('mistyped')))?.state === 'failed', { withinMs: 15_000 })
    expect(await stateOf(emailOf('mistyped'))).toMatchObject({ attempts: 1 })
  })

  it('leaves no token in the database', async () => {
    const tokens = [tokenIn(await registered('secretive'))]
    const rows = await backends.query<{ text: string }>(
      `select m::text as text from identity.mail m union all select r::text from identity.registration r
       union all select l::text from identity.mailed_link l union all select o.body from identity.outbox o`,
    )
    const stored = rows.map(({ text }) => text).join('\n')
    expect(stored).toContain(emailOf('secretive'))
    for (const token of tokens) {
      expect(stored).not.toContain(token)
      expect(stored).not.toContain(Buffer.from(token).toString('hex'))
    }
  })

  it('can be asked for five times in a quarter of an hour, for a known address as for an unknown one', async () => {
    await newPerson('wanted')
    for (const [email, before] of [
      [emailOf('wanted'), 1],
      ['unwanted@mail.example', 0],
    ] as const) {
      const codes: string[] = []
      for (let asked = before; asked < 7; asked += 1) codes.push(await codeOf(post('password/forgot', { email })))
      expect(codes.slice(5 - before)).toEqual(['TOO_MANY_MAILS', 'TOO_MANY_MAILS'])
      expect(codes.slice(0, 5 - before).every((code) => code === 'ok')).toBe(true)
    }
  })
})

describe('on the marketplace surface', () => {
  const surface = '/api/v1/auth'
  const ask = <Body = ApiFailure>(path: string, json: object, who = nobody) =>
    who.asks<Body>('POST', `${surface}/${path}`, json)

  it('somebody registers, verifies the address, forgets the password and sets another one', async () => {
    const [username, email] = ['trader', emailOf('trader')]
    const first = await ask('register/', { username, email, password, first_name: 'Tara' })
    expect([first.status, Object.keys(first.body)]).toEqual([200, ['detail']])
    expect((await ask('register/resend/', { email })).status).toBe(200)
    const token = tokenIn(await mailTo(email))
    const opened = await ask<object>('verify-email/', { token, password })
    expect(opened.body).toMatchObject({ username, email, is_email_verified: true, is_mfa_enabled: false })
    const twice = await ask('verify-email/', { token, password })
    expect([twice.status, twice.body.error.code]).toEqual([400, 'LINK_INVALID'])
    expect((await ask('password/forgot/', { email })).status).toBe(200)
    const resetting = await eventually(() => smtp.to(email).find(({ text }) => text.includes('#reset=')), {
      withinMs: 15_000,
    })
    const new_password = 'a quite different pass phrase'
    expect((await ask('password/reset/', { token: tokenIn(resetting), new_password })).status).toBe(200)
    expect((await ask('login/', { username, password })).status).toBe(401)
    expect((await ask('login/', { username, password: new_password })).status).toBe(200)
  })

  it('somebody turns MFA on, logs in with a code and turns it off again', async () => {
    const login = { username: 'guarded', password }
    const person = await newPerson(login.username)
    const { secret } = await person.does<{ secret: string }>('POST', `${surface}/mfa/`, {})
    const codeIn = (steps: number): string =>
      generateSync({ secret, epoch: Math.floor(Date.now() / 1_000) + steps * 30 })
    const on = await person.does<{ recovery_codes: string[] }>('POST', `${surface}/mfa/confirm/`, { code: codeIn(0) })
    expect(on.recovery_codes).toHaveLength(10)
    expect(await codeOf(ask('login/', login))).toBe('SECOND_FACTOR_NEEDED')
    const inside = await ask<{ access: string }>('login/', { ...login, code: codeIn(1) })
    const me = ApiUser.withToken(gateway.url, inside.body.access)
    expect(await me.gets(`${surface}/me/`)).toMatchObject({ username: login.username, is_mfa_enabled: true })
    expect((await ask('mfa/remove/', { code: on.recovery_codes[0] }, me)).status).toBe(200)
    expect((await ask('login/', login)).status).toBe(200)
  })
})

describe('the organisation', () => {
  it('is told to anybody, with what its roles may do, and named by its letters', async () => {
    const told = await nobody.gets<{ roles: { role: string }[] }>('/v1/organisation')
    const said = { name: 'Acme', contact: 'help@trade.example', url: 'https://trade.example', registration: 'open' }
    expect(told).toMatchObject(said)
    expect(told.roles.map(({ role }) => role)).toEqual(['owner', 'operator', 'support', 'provider', 'follower'])
    expect((await registered('curious')).text).toContain('Help: help@trade.example')
  })
})

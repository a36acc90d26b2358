/**
 * The control API: accounts, ledger, prices, markets, faults, under /control.
 * Called by the launcher, the demo, the bench and tests. Must never be reachable without the token when one is set.
 */
import { timingSafeEqual } from 'node:crypto'
import { fieldWords } from '@tradewire/contracts/field-words'
import {
  changeMarket,
  changePaperKey,
  createPaperAccount,
  createPaperAccounts,
  ledgerQuery,
  setFault,
  setPrice,
  tradeByHand,
  type ChangeMarket,
  type ChangePaperKey,
} from '@tradewire/contracts/paper/control'
import { venue as venueNames } from '@tradewire/contracts/common'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { failureOf } from '@tradewire/nest-kit/http-errors'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { FaultBoard } from '#domain/protocol/faults'
import { untoldOf } from '#domain/accounts/key-rules'
import { accountView, ledgerOf, timeText } from '#domain/ledger'
import { findMarket, type Market } from '#domain/state'
import { paperErrors } from '#paper.errors'
import type { CreateAccount } from '#use-cases/create-account/create-account.use-case'
import type { MovePrice } from '#use-cases/move-price/move-price.use-case'
import type { TradeByHand } from '#use-cases/trade-by-hand/trade-by-hand.use-case'
import type { RunningVenue } from '#ports/running-venue.port'
import type { UserStreams } from '../streams/user-streams.wire.ts'
import { marketView, settingsOf } from './market.map.ts'

export interface ControlParts {
  readonly venue: RunningVenue
  readonly createAccount: CreateAccount
  readonly movePrice: MovePrice
  readonly tradeByHand: TradeByHand
  readonly faults: FaultBoard
  readonly streams: UserStreams
  readonly token: string | undefined
}

type Answer = Result<unknown, CodedError>
const issuesMax = 10

function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): Result<z.output<Schema>, CodedError> {
  const parsed = schema.safeParse(value, { error: fieldWords })
  if (parsed.success) return ok(parsed.data)
  const problems = parsed.error.issues.slice(0, issuesMax).map(({ path, message }) => `${path.join('.')}: ${message}`)
  return err(paperErrors.of('CONTROL_REQUEST_INVALID', { problems }))
}

export function isAuthorized(request: FastifyRequest, token: string | undefined): boolean {
  if (token === undefined) return true
  const given = Buffer.from(request.headers.authorization ?? '')
  const wanted = Buffer.from(`Bearer ${token}`)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

export async function serveControl(fastify: FastifyInstance, parts: ControlParts): Promise<void> {
  await fastify.register(
    async (scope) => {
      scope.addHook('onRequest', async (request, reply) => {
        if (isAuthorized(request, parts.token)) return undefined
        return send(reply, err(paperErrors.of('CONTROL_TOKEN_WRONG')))
      })
      accountRoutes(scope, parts)
      priceRoutes(scope, parts)
      faultRoutes(scope, parts)
    },
    { prefix: '/control' },
  )
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.ok) return reply.send(answer.value)
  const { status, body } = failureOf(answer.error)
  return reply.status(status).send(body)
}

function accountRoutes(scope: FastifyInstance, parts: ControlParts): void {
  const { venue, createAccount, tradeByHand: hand } = parts
  scope.post('/accounts', async (request, reply) => {
    const parsed = parse(createPaperAccount, request.body)
    if (!parsed.ok) return send(reply, parsed)
    const [created] = await createAccount.execute([parsed.value])
    return reply.status(201).send(created)
  })
  scope.post('/accounts/batch', async (request, reply) => {
    const parsed = parse(createPaperAccounts, request.body)
    if (!parsed.ok) return send(reply, parsed)
    return reply.status(201).send({ accounts: await createAccount.execute(parsed.value.accounts) })
  })
  scope.get('/accounts', (_request, reply) =>
    send(reply, ok({ accounts: [...venue.state.accounts.values()].map(accountView) })),
  )
  scope.post<{ Params: { id: string } }>('/accounts/:id/revoke-key', async (request, reply) => {
    const account = venue.state.accounts.get(request.params.id)
    if (account === undefined) return send(reply, err(paperErrors.of('PAPER_ACCOUNT_UNKNOWN')))
    venue.execute((session) => session.emit({ kind: 'key-revoked', accountId: account.id, at: session.now }))
    await venue.settled()
    parts.streams.disconnect({ kind: 'disconnect-streams', operation: 'any', accountId: account.id })
    return send(reply, ok(accountView(account)))
  })
  scope.post<{ Params: { id: string } }>('/accounts/:id/key', async (request, reply) => {
    const parsed = parse(changePaperKey, request.body)
    if (!parsed.ok) return send(reply, parsed)
    return send(reply, await changeKey(venue, request.params.id, parsed.value))
  })
  scope.post('/trades', async (request, reply) => {
    const parsed = parse(tradeByHand, request.body)
    return send(reply, parsed.ok ? await hand.execute(parsed.value) : parsed)
  })
  scope.get('/ledger', (request, reply) => {
    const parsed = parse(ledgerQuery, request.query)
    if (!parsed.ok) return send(reply, parsed)
    const { since, ...filter } = parsed.value
    const from = since === undefined ? undefined : Date.parse(since)
    return send(reply, ok(ledgerOf(venue.state, { ...filter, since: from }, venue.now())))
  })
}

async function changeKey(venue: RunningVenue, accountId: string, changes: ChangePaperKey): Promise<Answer> {
  const account = venue.state.accounts.get(accountId)
  if (account === undefined) return err(paperErrors.of('PAPER_ACCOUNT_UNKNOWN'))
  const untold = untoldOf(account.venue, changes)
  if (untold.length > 0) return err(paperErrors.of('PAPER_KEY_RULE_UNTOLD', { venue: account.venue, untold }))
  const { mayWithdraw, ipBound, expiresAt } = changes
  const before = account.keyRules
  const rules = {
    mayWithdraw: mayWithdraw ?? before.mayWithdraw,
    ipBound: ipBound ?? before.ipBound,
    expiresAt: expiresAt === undefined ? before.expiresAt : momentOf(expiresAt),
  }
  venue.execute((session) => session.emit({ kind: 'key-changed', accountId, rules }))
  await venue.settled()
  const ends = rules.expiresAt === null ? null : timeText(rules.expiresAt)
  return ok({ accountId, venue: account.venue, ...rules, expiresAt: ends })
}

function momentOf(text: string | null): number | null {
  return text === null ? null : Date.parse(text)
}

function priceRoutes(scope: FastifyInstance, { venue, movePrice }: ControlParts): void {
  scope.post('/price', async (request, reply) => {
    const parsed = parse(setPrice, request.body)
    return send(reply, parsed.ok ? await movePrice.execute(parsed.value) : parsed)
  })
  scope.get('/markets', (_request, reply) =>
    send(reply, ok({ markets: [...venue.state.markets.values()].map(marketView) })),
  )
  scope.post('/markets', async (request, reply) => {
    const parsed = parse(changeMarket, request.body)
    if (!parsed.ok) return send(reply, parsed)
    const markets = marketsNamed(venue, parsed.value)
    if (markets.length === 0)
      return send(reply, err(paperErrors.of('PAPER_SYMBOL_UNKNOWN', { symbol: parsed.value.symbol })))
    venue.execute((session) => {
      for (const market of markets) {
        const { venue: name, symbol } = market.instrument
        session.emit({ kind: 'market-changed', venue: name, symbol, settings: settingsOf(market, parsed.value) })
      }
    })
    await venue.settled()
    return send(reply, ok({ markets: markets.map(marketView) }))
  })
}

function marketsNamed(venue: RunningVenue, change: ChangeMarket): Market[] {
  const venues = change.venue === undefined ? venueNames.options : [change.venue]
  return venues.map((name) => findMarket(venue.state, name, change.symbol)).filter((market) => market !== undefined)
}

function faultRoutes(scope: FastifyInstance, { faults, streams }: ControlParts): void {
  scope.get('/faults', (_request, reply) => send(reply, ok({ faults: faults.list() })))
  scope.post('/faults', (request, reply) => {
    const parsed = parse(setFault, request.body)
    if (!parsed.ok) return send(reply, parsed)
    const fault = faults.add(parsed.value)
    if (fault.kind === 'disconnect-streams') streams.disconnect(fault)
    return reply.status(201).send(fault)
  })
  scope.delete('/faults', (_request, reply) => {
    faults.clear()
    return send(reply, ok({ faults: [] }))
  })
  scope.delete<{ Params: { id: string } }>('/faults/:id', (request, reply) => {
    const known = faults.remove(request.params.id)
    return send(reply, known ? ok({ faults: faults.list() }) : err(paperErrors.of('PAPER_FAULT_UNKNOWN')))
  })
}

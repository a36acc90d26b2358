/** Sessions and refresh tokens in PostgreSQL. Implements the Sessions port. Must never store a token as text. */
import { Injectable } from '@nestjs/common'
import type { Role } from '@tradewire/contracts/caller'
import type { SessionView } from '@tradewire/contracts/rpc/identity'
import { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'
import type { UserId } from '@tradewire/kernel/ids'
import { refreshExpiry, sessionExpiry, type SessionEnd, type SessionId } from '#domain/sessions/session'
import {
  Sessions,
  type FoundToken,
  type NewSession,
  type StartedSession,
  type TokenSuccession,
} from '#ports/sessions.port'

interface TokenRow {
  readonly session_id: SessionId
  readonly user_id: UserId
  readonly created_at: Date
  readonly session_expires_at: Date
  readonly ended_at: Date | null
  readonly expires_at: Date
  readonly used_at: Date | null
  readonly successor_salt: Buffer | null
  readonly roles: Role[]
  readonly has_factor: boolean
  readonly proved_at: Date | null
  readonly now: Date
}

interface SessionRow {
  readonly id: SessionId
  readonly address: string
  readonly user_agent: string | null
  readonly created_at: Date
  readonly last_used_at: Date
  readonly expires_at: Date
}

/** The list of one's own sessions has no pages. */
const sessionsShownMax = 100
/** Dead sessions are kept this long, so that a late reuse is still told from an unknown token. */
const deadSessionKeepDays = 30

@Injectable()
export class SqlSessions extends Sessions {
  constructor(private readonly database: Database) {
    super()
  }

  async start(tx: Transaction, session: NewSession): Promise<StartedSession> {
    const [time] = await tx.query<{ now: Date }>(`select date_trunc('milliseconds', clock_timestamp()) as now`)
    if (time === undefined) throw new Error('the database did not tell the time')
    const expiresAt = sessionExpiry(time.now)
    const refreshExpiresAt = refreshExpiry(expiresAt, time.now)
    await tx.query(
      `insert into session (id, user_id, address, user_agent, created_at, last_used_at, expires_at, proved_at)
       values ($1, $2, $3, $4, $5, $5, $6, $7)`,
      [session.id, session.userId, session.address, session.userAgent, time.now, expiresAt, session.provedAt],
    )
    await addToken(tx, session.id, session.tokenHash, refreshExpiresAt)
    await tx.query(
      `delete from session where user_id = $1
       and least(expires_at, coalesce(ended_at, expires_at)) < now() - $2 * interval '1 day'`,
      [session.userId, deadSessionKeepDays],
    )
    return { refreshExpiresAt }
  }

  async lockByToken(tx: Transaction, tokenHash: Buffer): Promise<FoundToken | null> {
    const [row] = await tx.query<TokenRow>(
      `select t.session_id, s.user_id, s.created_at, s.expires_at as session_expires_at,
              coalesce(s.ended_at, u.disabled_at) as ended_at, t.expires_at, t.used_at, t.successor_salt, u.roles,
              s.proved_at, f.confirmed_at is not null
                or exists (select from passkey p where p.user_id = s.user_id) as has_factor,
              date_trunc('milliseconds', clock_timestamp()) as now
       from refresh_token t join session s on s.id = t.session_id join app_user u on u.id = s.user_id
         left join second_factor f on f.user_id = s.user_id
       where t.hash = $1 for update of t, s`,
      [tokenHash],
    )
    if (row === undefined) return null
    return {
      session: {
        id: row.session_id,
        userId: row.user_id,
        createdAt: row.created_at,
        expiresAt: row.session_expires_at,
        endedAt: row.ended_at,
      },
      token: { expiresAt: row.expires_at, usedAt: row.used_at, successorSalt: row.successor_salt },
      roles: row.roles,
      secondFactor: row.has_factor ? { provedAt: row.proved_at } : null,
      now: row.now,
    }
  }

  async succeed(tx: Transaction, succession: TokenSuccession): Promise<void> {
    await tx.query('update refresh_token set used_at = $2, successor_salt = $3 where hash = $1', [
      succession.tokenHash,
      succession.usedAt,
      succession.successorSalt,
    ])
    await addToken(tx, succession.sessionId, succession.successorHash, succession.successorExpiresAt)
    await tx.query('update session set last_used_at = $2 where id = $1', [succession.sessionId, succession.usedAt])
  }

  async prove(tx: Transaction, id: SessionId, provedAt: Date): Promise<void> {
    await tx.query('update session set proved_at = $2 where id = $1', [id, provedAt])
  }

  async end(tx: Transaction, id: SessionId, reason: SessionEnd): Promise<boolean> {
    const rows = await tx.query(
      'update session set ended_at = now(), ended_reason = $2 where id = $1 and ended_at is null returning id',
      [id, reason],
    )
    return rows.length > 0
  }

  async endAllOf(tx: Transaction, userId: UserId, reason: SessionEnd): Promise<readonly SessionId[]> {
    const rows = await tx.query<{ id: SessionId }>(
      `update session set ended_at = now(), ended_reason = $2
       where user_id = $1 and ended_at is null and expires_at > now() returning id`,
      [userId, reason],
    )
    return rows.map(({ id }) => id)
  }

  async liveOf(userId: UserId): Promise<readonly SessionView[]> {
    const rows = await this.database.queryOwn<SessionRow>(
      userId,
      `select id, address, user_agent, created_at, last_used_at, expires_at from session
       where user_id = $1 and ended_at is null and expires_at > now() order by created_at desc limit $2`,
      [userId, sessionsShownMax],
    )
    return rows.map(viewOf)
  }

  async endOwn(tx: Transaction, userId: UserId, id: SessionId): Promise<boolean> {
    const rows = await tx.query(
      `update session set ended_at = now(), ended_reason = 'logout'
       where id = $1 and user_id = $2 and ended_at is null returning id`,
      [id, userId],
    )
    return rows.length > 0
  }
}

async function addToken(tx: Transaction, sessionId: SessionId, hash: Buffer, expiresAt: Date): Promise<void> {
  await tx.query('insert into refresh_token (hash, session_id, expires_at) values ($1, $2, $3)', [
    hash,
    sessionId,
    expiresAt,
  ])
}

function viewOf(row: SessionRow): SessionView {
  return {
    id: row.id,
    address: row.address,
    userAgent: row.user_agent,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
  }
}

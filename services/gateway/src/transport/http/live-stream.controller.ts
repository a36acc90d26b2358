/**
 * GET /v1/stream: live events as server-sent events, with resume. Called by consoles and scripts.
 * Must never outlive the caller's access token, session or roles, nor buffer for a client that does not read.
 */
import { Injectable } from '@nestjs/common'
import { everyone } from '@tradewire/contracts/caller'
import { streamPath } from '@tradewire/contracts/http/gateway'
import { Clock } from '@tradewire/kernel/clock'
import { answerFailure } from '@tradewire/nest-kit/http-errors'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayConfig } from '#config'
import { type Credential, denialOf } from '#domain/credential'
import type { FollowedEvents } from '#domain/followed-events'
import { heartbeatFrame } from '#domain/live-event'
import { RevocationList } from '#domain/revocation-list'
import { gatewayErrors } from '#gateway.errors'
import { CallerGate } from '#transport/http/caller-gate.controller'
import { answerRefusal } from '#transport/http/http-answers.map'
import { SseConnection } from '#transport/http/sse-connection.wire'
import { FollowEvents } from '#use-cases/follow-events/follow-events.use-case'

const streamDemands = { access: everyone, proof: 'any', scope: 'read' } as const
const heartbeatMs = 15_000
/** How long a client shall wait before it reconnects. */
const reconnectMs = 1_000
/** An ended session and other roles end their streams within this time. */
const sessionCheckMs = 1_000

interface Admitted extends Credential {
  /** The changes of roles that were known before its caller's roles were read. */
  readonly roleChanges: number
}

@Injectable()
export class LiveStream {
  private readonly open = new Set<SseConnection>()
  /** Connections that are being opened count as well. */
  private streams = 0

  constructor(
    private readonly gate: CallerGate,
    private readonly following: FollowEvents,
    private readonly revocations: RevocationList,
    private readonly clock: Clock,
    @InjectConfig() private readonly config: GatewayConfig,
  ) {}

  async register(fastify: FastifyInstance, logger: Logger): Promise<void> {
    // Open streams would keep the server from closing.
    fastify.addHook('preClose', async () => {
      for (const connection of this.open) connection.end('the server is stopping: reconnect')
    })
    await fastify.register(async (scope) => {
      scope.setErrorHandler((thrown, request, reply) => answerFailure(thrown, request, reply, logger))
      scope.get(streamPath, (request, reply) => this.serve(request, reply))
    })
  }

  private async serve(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { roleChanges } = this.revocations
    const passed = await this.gate.pass(request, reply, { ...streamDemands, counting: 'usual' })
    if (!passed.ok) return answerRefusal(reply, passed.error)
    if (passed.value === undefined) return answerRefusal(reply, gatewayErrors.of('UNAUTHENTICATED'))
    const denied = denialOf(streamDemands, passed.value, this.clock.now())
    if (denied !== null) return answerRefusal(reply, gatewayErrors.of(denied.code, denied.context))
    if (this.streams >= this.config.streamsMax) return answerRefusal(reply, gatewayErrors.of('STREAM_UNAVAILABLE'))
    this.streams += 1
    try {
      await this.follow(request, reply, { ...passed.value, roleChanges })
    } finally {
      this.streams -= 1
    }
    return reply
  }

  private async follow(request: FastifyRequest, reply: FastifyReply, shown: Admitted): Promise<void> {
    const { events } = request.query as { readonly events?: string }
    const lastEventId = textOf(request.headers['last-event-id'])
    const followed = await this.following.execute({ caller: shown.caller, lastEventId, events: textOf(events) })
    if (followed.ok) await this.stream(reply, followed.value, shown)
    else answerRefusal(reply, followed.error)
  }

  /** Resolves when the stream is over. */
  private async stream(reply: FastifyReply, events: FollowedEvents, shown: Admitted): Promise<void> {
    reply.hijack()
    reply.raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    const connection = new SseConnection(reply.raw)
    this.open.add(connection)
    const beats = setInterval(() => connection.beat(heartbeatFrame(events.position)), heartbeatMs)
    const checks = setInterval(() => this.check(connection, shown), sessionCheckMs)
    void connection.closed.then(() => events.stop())
    try {
      await connection.send(`retry: ${reconnectMs}\n\n`)
      await events.forEach((frame) => connection.send(frame))
      connection.end('the feed broke: reconnect')
      await connection.closed
    } finally {
      clearInterval(beats)
      clearInterval(checks)
      this.open.delete(connection)
    }
  }

  private check(connection: SseConnection, { expiresAt, id, caller, roleChanges }: Admitted): void {
    const now = this.clock.now()
    if (now >= expiresAt) connection.end('the access token expired: refresh it and reconnect')
    else if (this.revocations.covers(id, caller.userId, now)) connection.end('the session ended')
    else if (this.revocations.rolesChangedSince(caller.userId, roleChanges)) {
      connection.end('the roles changed: reconnect')
    }
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

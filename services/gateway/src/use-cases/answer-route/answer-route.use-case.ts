/**
 * One request of a declared route: check its parts, ask the owning service, give its reply back.
 * Called by the public routes. Must never know what a route means: the contract says it all.
 */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { RouteClient, RouteContract } from '@tradewire/contracts/define-route'
import { fieldWords } from '@tradewire/contracts/field-words'
import { idempotencyKeyCharactersMax, idempotencyKeyHeader } from '@tradewire/contracts/http/gateway'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import { IdSource } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { auditedAct } from '#domain/audited-act'
import { type Credential, denialOf } from '#domain/credential'
import { fieldLocations, type FieldProblem, problemsOf } from '#domain/field-problems'
import { detailsOf } from '#domain/invalid-parameters'
import { storableIssues } from '#domain/storable-text'
import { type RequestKey, requestKeyOf, stepKeyOf } from '#domain/request-key'
import { gatewayErrors } from '#gateway.errors'
import { AuditLog } from '#ports/audit-log.port'
import { type AskedParts, FindNamed } from '#use-cases/find-named/find-named.use-case'

export interface RouteRequest {
  readonly route: RouteContract
  readonly shown: Credential | undefined
  readonly client: RouteClient
  readonly params: unknown
  readonly query: unknown
  readonly body: unknown
  readonly idempotencyKey: string | undefined
}

/** A refusal whose details name fields; other refusals carry the context of their code. */
export type RouteRefusal = CodedError & {
  readonly details?: Readonly<Record<string, readonly string[]>>
  /** The same, as a surface with a document of its own shows it. */
  readonly problems?: readonly FieldProblem[]
}

@Injectable()
export class AnswerRoute {
  constructor(
    private readonly rpc: RpcClient,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
    private readonly ids: IdSource,
    private readonly named: FindNamed,
  ) {}

  /** The reply as its contract shows it, or what `denialOf` says, INVALID_PARAMETERS, or what the owning service says. */
  async execute(request: RouteRequest): Promise<Result<unknown, RouteRefusal>> {
    const { route, shown, client } = request
    const denied = this.denied(route, shown)
    if (denied !== null) return err(denied)
    const parts = fieldLocations.map((location) => {
      // Nothing sent is no fields; null is something sent.
      const sent: unknown = request[location] === undefined ? {} : request[location]
      const { data, error } = route[location].safeParse(sent, { error: fieldWords })
      return { location, sent, data, issues: [...(error?.issues ?? []), ...storableIssues(sent)] }
    })
    const issues = parts.flatMap((part) => part.issues)
    if (issues.length > 0) {
      const problems = parts.flatMap((part) => problemsOf(part.location, part.sent, part.issues))
      return err({ ...gatewayErrors.of('INVALID_PARAMETERS'), details: detailsOf(issues), problems })
    }
    const [params, query, body] = parts.map((part) => part.data)
    const deniedThis = route.proofFor && this.denied({ ...route, proof: route.proofFor(body) }, shown)
    if (deniedThis) return err(deniedThis)
    const key = requestKeyOf(request, [params, query, body])
    if (key === 'malformed') return err(malformedKey())
    // The contract's types tie the parts to the route's own schemas; here they are any route's.
    const asked = { caller: shown?.caller, client, params, query, body, requestId: key?.id }
    const found = await this.named.execute(route, asked as AskedParts)
    if (!found.ok) return found
    const parsed = found.value
    const act = auditedAct({ route, shown, params: parsed.params, address: client.address }, this.ids.next())
    if (act !== null) {
      const stored = await this.audit.asked(act)
      if (!stored.ok) return stored
    }
    const reply = await this.ask(route, parsed, key)
    if (act !== null) await this.audit.ended(act, reply.ok ? 'ok' : reply.error.code)
    return reply
  }

  private denied(route: RouteContract, shown: Credential | undefined): CodedError | null {
    const denial = denialOf(route, shown, this.clock.now())
    return denial && gatewayErrors.of(denial.code, denial.context)
  }

  private async ask(
    route: RouteContract,
    parts: AskedParts,
    key: RequestKey | undefined,
  ): Promise<Result<unknown, CodedError>> {
    const first = await this.rpc.ask(route.rpc, route.toRequest(parts), { key })
    if (!first.ok) return first
    const wanted = route.step?.toRequest(parts, first.value) ?? null
    if (route.step === undefined || wanted === null) return ok(route.toReply(first.value, parts, null))
    const second = await this.rpc.ask(route.step.rpc, wanted, { key: key && stepKeyOf(key) })
    return second.ok ? ok(route.toReply(first.value, parts, second.value)) : second
  }
}

function malformedKey(): RouteRefusal {
  const msg = `must be 1 to ${idempotencyKeyCharactersMax} visible ASCII characters`
  const problems = [{ msg, param: idempotencyKeyHeader, location: 'headers' as const }]
  return { ...gatewayErrors.of('INVALID_PARAMETERS'), details: { [idempotencyKeyHeader]: [msg] }, problems }
}

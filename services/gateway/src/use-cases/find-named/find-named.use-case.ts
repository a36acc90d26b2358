/**
 * Puts ids where a request has what its surface shows in place of them, as the route's lookups say. Called by AnswerRoute.
 * Must never tell what is another's from what there is not: both go on as an id that nobody has.
 */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import type { RouteContract, RouteLookup } from '@tradewire/contracts/define-route'
import type { CodedError } from '@tradewire/kernel/errors'
import { ok, type Result } from '@tradewire/kernel/result'

export type AskedParts = Parameters<RouteContract['toRequest']>[0]

/** Well-formed, and never made: the owning service says in its own words that there is no such thing. */
const nobodysId = '00000000-0000-7000-8000-000000000000'
const uuidChars = 36

@Injectable()
export class FindNamed {
  constructor(private readonly rpc: RpcClient) {}

  async execute({ lookups }: RouteContract, parts: AskedParts): Promise<Result<AskedParts, CodedError>> {
    let found = parts
    for (const lookup of lookups) {
      const given = givenIn(found, lookup)
      if (given === undefined || given.length === uuidChars || found.caller === undefined) continue
      const answer = await this.rpc.ask(lookup.rpc, lookup.toRequest(found.caller, given))
      if (!answer.ok) return answer
      found = withId(found, lookup, lookup.toId(answer.value, given) ?? nobodysId)
    }
    return ok(found)
  }
}

function withId(parts: AskedParts, { location, field }: RouteLookup, id: string): AskedParts {
  return { ...parts, [location]: { ...(parts[location] as object), [field]: id } }
}

function givenIn(parts: AskedParts, { location, field }: RouteLookup): string | undefined {
  return (parts[location] as Readonly<Record<string, string | undefined>>)[field]
}

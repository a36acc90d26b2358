/**
 * Answers as identity and billing would, with keys of the test: the gateway sees no difference.
 * Called by the gateway's int-specs only. Must never be part of a running system.
 */
import { Controller, Module } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import { defineConfig } from '@tradewire/config/define-config'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { recordAct } from '@tradewire/contracts/rpc/audit'
import * as rpc from '@tradewire/contracts/rpc/identity'
import { findUserPlans } from '@tradewire/contracts/rpc/billing/user-plans'
import { defineErrors, type CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { defineService } from '@tradewire/nest-kit/define-service'
import type { JWK } from 'jose'
import { z } from 'zod'

export const operatorId = '01963a5e-0000-7000-8000-0000000000aa'
const doubleErrors = defineErrors('double', {
  NAME_TAKEN: { kind: 'conflict', message: 'Taken.', fix: 'Choose another.' },
  NOT_TODAY: { kind: 'refused', message: 'Not today.', fix: 'Tomorrow.' },
})

/** What the neighbours are to say: set by the tests. */
export const told: { key: JWK | undefined; auditAway: boolean; readonly premiumUsers: Set<string> } = {
  key: undefined,
  auditAway: false,
  premiumUsers: new Set(),
}

const examplePlan = {
  id: '01963a5e-0000-7000-8000-0000000000b1',
  name: 'PROFESSIONAL',
  monthlyPrice: '40',
  maxBalance: null,
  maxApiKeys: 20,
  maxPositions: null,
  private: false,
  strategyAutomated: true,
  stripePriceId: null,
  trialDays: 0,
  default: true,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
}

@Controller()
class Neighbours {
  @Answer(rpc.getKeys)
  async keys(): Promise<Result<ReplyOf<typeof rpc.getKeys>, CodedError>> {
    return ok({ keys: [told.key as ReplyOf<typeof rpc.getKeys>['keys'][number]] })
  }

  @Answer(recordAct)
  async record(): Promise<Result<Record<string, never>, CodedError>> {
    return told.auditAway ? err(doubleErrors.of('NOT_TODAY')) : ok({})
  }

  @Answer(rpc.createUser)
  async create({ user }: RequestOf<typeof rpc.createUser>): Promise<Result<rpc.UserView, CodedError>> {
    if (user.username === 'taken') return err(doubleErrors.of('NAME_TAKEN', { username: user.username }))
    if (user.username === 'nottoday') return err(doubleErrors.of('NOT_TODAY'))
    const { username, email, roles } = user
    return ok({
      id: operatorId,
      username,
      email,
      roles,
      createdAt: '2026-01-01T00:00:00.000Z',
      emailVerifiedAt: null,
      firstName: null,
      lastName: null,
      updatedAt: '2026-01-01T00:00:00.000Z',
      disabledAt: null,
      secondFactor: false,
    })
  }

  @Answer(findUserPlans)
  async plans({
    userIds,
  }: RequestOf<typeof findUserPlans>): Promise<Result<ReplyOf<typeof findUserPlans>, CodedError>> {
    const items = userIds.map((userId) => ({
      userId,
      plan: { ...examplePlan, premium: told.premiumUsers.has(userId) },
      servedUntil: null,
      changedAt: examplePlan.updatedAt,
    }))
    return ok({ items })
  }

  @Answer(rpc.getMe)
  async me(): Promise<Result<rpc.UserView, CodedError>> {
    throw new Error('a bug of the double')
  }
}

@Module({ controllers: [Neighbours] })
class NeighboursModule {}

export const neighbours = defineService({
  name: 'double',
  config: defineConfig('double', z.object({})),
  module: NeighboursModule,
  errors: doubleErrors,
  bus: true,
})

/** Rows to what the domain knows, and back. Called by the stores. Must never decide anything. */
import type { Follow, RiskProfile, Strategy } from '../domain/model.ts'
import type { FollowRow } from './follow.row.ts'
import type { RiskProfileRow } from './risk-profile.row.ts'
import type { StrategyRow } from './strategy.row.ts'

export function toStrategy(row: StrategyRow): Strategy {
  const { secretDigest, previousSecretDigest, previousSecretUntil, ...rest } = row
  const previous =
    previousSecretDigest !== null && previousSecretUntil !== null
      ? { digest: previousSecretDigest, until: previousSecretUntil }
      : null
  return { ...rest, secrets: { current: secretDigest, previous } } as Strategy
}

export function fromStrategy({ secrets, ...rest }: Strategy): StrategyRow {
  return {
    ...rest,
    secretDigest: secrets.current,
    previousSecretDigest: secrets.previous?.digest ?? null,
    previousSecretUntil: secrets.previous?.until ?? null,
  }
}

export function toRiskProfile(row: RiskProfileRow): RiskProfile {
  return Object.assign({}, row, { id: row.id as RiskProfile['id'] })
}

export function toFollow(row: FollowRow): Follow {
  return Object.assign({}, row, {
    id: row.id as Follow['id'],
    strategyId: row.strategyId as Follow['strategyId'],
    accountId: row.accountId as Follow['accountId'],
    userId: row.userId as Follow['userId'],
    riskProfileId: row.riskProfileId as Follow['riskProfileId'],
  })
}

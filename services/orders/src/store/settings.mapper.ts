/**
 * Settings as JSON text, and back. Called by the stores of facts, of planning and of loss limits.
 * Must never parse the same text for each follower: many share one risk profile.
 */
import type { StopFailurePolicy, TradeSettings } from '@tradewire/contracts/trade-settings'
import { Decimal, decimal } from '@tradewire/kernel/decimal'
import { type ExitRules, exitRulesDefault } from '../domain/bracket/exit-rules.ts'
import { type ResolvedSettings, resolveSettings, type SettingsByLayer } from '../domain/sizing/settings.ts'

/** Null when nothing is said: most follows cost nothing. */
export function settingsText(settings: TradeSettings | undefined): string | null {
  return settings === undefined ? null : JSON.stringify(settings)
}

interface ExitRulesJson {
  readonly moveStopAfterTarget: number | null
  readonly moveStopOffsetPercent: string
  readonly onStopFailure: StopFailurePolicy
}

/** Null for what holds when nobody says anything: most brackets cost nothing. Decimals write themselves as text. */
export function exitRulesText(rules: ExitRules): string | null {
  return rules === exitRulesDefault ? null : JSON.stringify(rules)
}

export function toExitRules(text: string | null): ExitRules {
  if (text === null) return exitRulesDefault
  const { moveStopOffsetPercent, ...rules } = JSON.parse(text) as ExitRulesJson
  return { ...rules, moveStopOffsetPercent: decimal(moveStopOffsetPercent) }
}
/** What a follow, its risk profile and its account say. */
export interface FollowSettingsRow {
  readonly risk_percent: string
  readonly leverage: number
  readonly max_notional: string | null
  readonly profile_settings: string | null
  readonly settings: string | null
  readonly account_settings: string | null
}

export type CommonSettings = Pick<SettingsByLayer, 'platform' | 'strategy'>

/** Reads the settings of one chunk of followers. */
export class SettingsReader {
  private readonly read = new Map<string, TradeSettings>()

  of(text: string | null): TradeSettings | null {
    if (text === null) return null
    const known = this.read.get(text)
    if (known !== undefined) return known
    const settings = JSON.parse(text) as TradeSettings
    this.read.set(text, settings)
    return settings
  }

  /** What holds for one follow; `common` is what holds for all of its strategy. */
  resolved(row: FollowSettingsRow, common: CommonSettings): ResolvedSettings {
    return resolveSettings(
      {
        riskPercent: new Decimal(row.risk_percent),
        leverage: row.leverage,
        maxNotional: row.max_notional === null ? null : new Decimal(row.max_notional),
      },
      {
        ...common,
        'risk profile': this.of(row.profile_settings),
        follow: this.of(row.settings),
        account: this.of(row.account_settings),
      },
    )
  }
}

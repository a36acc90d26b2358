/**
 * Settings as JSON text, and back. Called by the stores of facts and of planning.
 * Must never parse the same text for each follower: many share one risk profile.
 */
import type { StopFailurePolicy, TradeSettings } from '@tradewire/contracts/trade-settings'
import { decimal } from '@tradewire/kernel/decimal'
import { type ExitRules, exitRulesDefault } from '../domain/exit-rules.ts'

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
}

/**
 * Settings as JSON text, and back. Called by the stores of facts and of planning.
 * Must never parse the same text for each follower: many share one risk profile.
 */
import type { TradeSettings } from '@tradewire/contracts/trade-settings'

/** Null when nothing is said: most follows cost nothing. */
export function settingsText(settings: TradeSettings | undefined): string | null {
  return settings === undefined ? null : JSON.stringify(settings)
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

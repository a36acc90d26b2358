/** Who may read and change the settings of the platform and of an account. Called by their use cases. Must never let a stranger in. */
import { type Caller, isOperator, maySee } from '@tradewire/contracts/caller'
import type { SettingsScope } from '@tradewire/contracts/trade-settings'
import type { KnownAccount } from './model.ts'

export interface SettingsLayer {
  readonly scope: SettingsScope
  readonly scopeId: string | null
  /** Undefined when there is none of that id. */
  readonly account: KnownAccount | undefined
}

export type SettingsFault = 'SETTINGS_SCOPE_INCOMPLETE' | 'PLATFORM_SETTINGS_FORBIDDEN' | 'ACCOUNT_NOT_FOUND'

/** Why the caller may not read them, or null. Everyone may know what holds for everyone. */
export function readFault(caller: Caller, { scope, scopeId, account }: SettingsLayer): SettingsFault | null {
  if ((scope === 'platform') !== (scopeId === null)) return 'SETTINGS_SCOPE_INCOMPLETE'
  if (scope === 'platform') return null
  return account !== undefined && maySee(caller, account.userId) ? null : 'ACCOUNT_NOT_FOUND'
}

/** Why the caller may not change them, or null. */
export function changeFault(caller: Caller, layer: SettingsLayer): SettingsFault | null {
  return layer.scope === 'platform' && !isOperator(caller) ? 'PLATFORM_SETTINGS_FORBIDDEN' : readFault(caller, layer)
}

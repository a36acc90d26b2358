/** Says anew what holds for everyone or for one account. Called over RPC. Must never change it without telling. */
import { Injectable } from '@nestjs/common'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { settingsChanged } from '@tradewire/contracts/events/signals'
import type { changeSettings } from '@tradewire/contracts/rpc/settings'
import { Database } from '@tradewire/database/database'
import { Clock } from '@tradewire/kernel/clock'
import type { CodedError } from '@tradewire/kernel/errors'
import type { AccountId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { changeFault } from '../../domain/settings-layer.ts'
import { type SettingsView, viewSettings } from '../../domain/views.ts'
import { FollowSources } from '../../ports/follow-sources.port.ts'
import { LayersOfSettings } from '../../ports/layer-settings.port.ts'
import { signalsErrors } from '../../signals.errors.ts'

@Injectable()
export class ChangeSettings {
  constructor(
    private readonly database: Database,
    private readonly layers: LayersOfSettings,
    private readonly sources: FollowSources,
    private readonly clock: Clock,
  ) {}

  async execute(request: RequestOf<typeof changeSettings>): Promise<Result<SettingsView, CodedError>> {
    const { caller, scope, scopeId, settings } = request
    const known = scopeId === null ? undefined : await this.sources.accounts([scopeId as AccountId])
    const account = known?.get(scopeId ?? '')
    const fault = changeFault(caller, { scope, scopeId, account })
    if (fault !== null) return err(signalsErrors.of(fault, { scope, scopeId }))
    return this.database.transact(async (tx) => {
      const changed = await this.layers.replace(tx, { scope, scopeId, settings, updatedAt: this.clock.now() })
      const userId = account?.userId ?? null
      tx.append(settingsChanged, { scope, scopeId, userId, settings, revision: changed.revision })
      return ok(viewSettings(changed))
    })
  }
}

/** Wiring of `signals`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { FollowSources } from './ports/follow-sources.port.ts'
import { Follows } from './ports/follows.port.ts'
import { LayersOfSettings } from './ports/layer-settings.port.ts'
import { RiskProfiles } from './ports/risk-profiles.port.ts'
import { Signals } from './ports/signals.port.ts'
import { Strategies } from './ports/strategies.port.ts'
import { SqlLayerSettings } from './store/sql-layer-settings.store.ts'
import { SqlSignals } from './store/sql-signals.store.ts'
import { TypeormFollowSources } from './store/typeorm-follow-sources.store.ts'
import { TypeormFollows } from './store/typeorm-follows.store.ts'
import { TypeormRiskProfiles } from './store/typeorm-risk-profiles.store.ts'
import { TypeormStrategies } from './store/typeorm-strategies.store.ts'
import { AccountConnectedConsumer } from './transport/bus/account-connected.consumer.ts'
import { FollowsController } from './transport/rpc/follows.controller.ts'
import { RiskProfilesController } from './transport/rpc/risk-profiles.controller.ts'
import { SettingsController } from './transport/rpc/settings.controller.ts'
import { SignalsController } from './transport/rpc/signals.controller.ts'
import { StrategiesController } from './transport/rpc/strategies.controller.ts'
import { SubscriptionsController } from './transport/rpc/subscriptions.controller.ts'
import { AcceptAlert } from './use-cases/accept-alert/accept-alert.use-case.ts'
import { AcceptSignal } from './use-cases/accept-signal/accept-signal.use-case.ts'
import { ChangeSettings } from './use-cases/change-settings/change-settings.use-case.ts'
import { CreateFollows } from './use-cases/create-follows/create-follows.use-case.ts'
import { CreateRiskProfile } from './use-cases/create-risk-profile/create-risk-profile.use-case.ts'
import { CreateStrategy } from './use-cases/create-strategy/create-strategy.use-case.ts'
import { FindFollow } from './use-cases/find-follow/find-follow.use-case.ts'
import { GetFollow } from './use-cases/get-follow/get-follow.use-case.ts'
import { GetSettings } from './use-cases/get-settings/get-settings.use-case.ts'
import { GetSignal } from './use-cases/get-signal/get-signal.use-case.ts'
import { GetStrategy } from './use-cases/get-strategy/get-strategy.use-case.ts'
import { LearnAccounts } from './use-cases/learn-accounts/learn-accounts.use-case.ts'
import { ListFollows } from './use-cases/list-follows/list-follows.use-case.ts'
import { ListRiskProfiles } from './use-cases/list-risk-profiles/list-risk-profiles.use-case.ts'
import { ListSignals } from './use-cases/list-signals/list-signals.use-case.ts'
import { ListStrategies } from './use-cases/list-strategies/list-strategies.use-case.ts'
import { OrderFollows } from './use-cases/order-follows/order-follows.use-case.ts'
import { RotateSecret } from './use-cases/rotate-secret/rotate-secret.use-case.ts'
import { SendSignal } from './use-cases/send-signal/send-signal.use-case.ts'
import { SubscribeAccount } from './use-cases/subscribe-account/subscribe-account.use-case.ts'
import { UnsubscribeAccount } from './use-cases/unsubscribe-account/unsubscribe-account.use-case.ts'
import { UpdateFollow } from './use-cases/update-follow/update-follow.use-case.ts'
import { UpdateRiskProfile } from './use-cases/update-risk-profile/update-risk-profile.use-case.ts'
import { UpdateStrategy } from './use-cases/update-strategy/update-strategy.use-case.ts'

@Module({
  controllers: [
    StrategiesController,
    RiskProfilesController,
    FollowsController,
    SubscriptionsController,
    SettingsController,
    SignalsController,
    AccountConnectedConsumer,
  ],
  providers: [
    { provide: Strategies, useClass: TypeormStrategies },
    { provide: RiskProfiles, useClass: TypeormRiskProfiles },
    { provide: Follows, useClass: TypeormFollows },
    { provide: LayersOfSettings, useClass: SqlLayerSettings },
    { provide: FollowSources, useClass: TypeormFollowSources },
    { provide: Signals, useClass: SqlSignals },
    AcceptAlert,
    AcceptSignal,
    ChangeSettings,
    CreateFollows,
    CreateRiskProfile,
    CreateStrategy,
    FindFollow,
    GetFollow,
    GetSettings,
    GetSignal,
    GetStrategy,
    LearnAccounts,
    ListFollows,
    ListRiskProfiles,
    ListSignals,
    ListStrategies,
    OrderFollows,
    RotateSecret,
    SendSignal,
    SubscribeAccount,
    UnsubscribeAccount,
    UpdateFollow,
    UpdateRiskProfile,
    UpdateStrategy,
  ],
})
export class AppModule {}

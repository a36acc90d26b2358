/** Wires the gateway together. Loaded by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { accessToken } from '@tradewire/contracts/rpc/identity'
import { BillingPremiumPlans } from '#clients/billing-premium-plans.client'
import { BrokerAccounts } from '#clients/broker-accounts.client'
import { BusLiveFeed } from '#clients/bus-live-feed.client'
import { HttpNeighbours } from '#clients/http-neighbours.client'
import { IdentityApiKeys } from '#clients/identity-api-keys.client'
import { IdentityAudit } from '#clients/identity-audit.client'
import { IdentityKeys } from '#clients/identity-keys.client'
import { JoseVerifier } from '#clients/jose-verifier.client'
import { OidcVerifier } from '#clients/oidc-verifier.client'
import { RedisLimiter } from '#clients/redis-limiter.client'
import { RevocationList } from '#domain/revocation-list'
import { ApiKeyChecker } from '#ports/api-key-checker.port'
import { AuditLog } from '#ports/audit-log.port'
import { LiveFeed } from '#ports/live-feed.port'
import { Neighbours } from '#ports/neighbours.port'
import { OwnAccounts } from '#ports/own-accounts.port'
import { PremiumPlans } from '#ports/premium-plans.port'
import { RateLimiter } from '#ports/rate-limiter.port'
import { TokenVerifier } from '#ports/token-verifier.port'
import { SessionNews } from '#transport/bus/session-news.consumer'
import { CallerGate } from '#transport/http/caller-gate.controller'
import { LiveStream } from '#transport/http/live-stream.controller'
import { Pages } from '#transport/http/pages.controller'
import { PassedOnRoutes } from '#transport/http/passed-on-routes.controller'
import { PublicHttp } from '#transport/http/public-http.controller'
import { PublicRoutes } from '#transport/http/public-routes.controller'
import { TokenRoute } from '#transport/http/token-route.controller'
import { CombinedController } from '#transport/rpc/combined.controller'
import { AnswerRoute } from '#use-cases/answer-route/answer-route.use-case'
import { AuthenticateCaller } from '#use-cases/authenticate-caller/authenticate-caller.use-case'
import { ChangeStrategy } from '#use-cases/change-strategy/change-strategy.use-case'
import { CombineFollowers } from '#use-cases/combine-followers/combine-followers.use-case'
import { CombineStrategies } from '#use-cases/combine-strategies/combine-strategies.use-case'
import { CombineTriggers } from '#use-cases/combine-triggers/combine-triggers.use-case'
import { FindNamed } from '#use-cases/find-named/find-named.use-case'
import { FindProviders } from '#use-cases/find-providers/find-providers.use-case'
import { FollowEvents } from '#use-cases/follow-events/follow-events.use-case'
import { IssueToken } from '#use-cases/issue-token/issue-token.use-case'
import { LimitCaller } from '#use-cases/limit-caller/limit-caller.use-case'
import { PassRequest } from '#use-cases/pass-request/pass-request.use-case'
import { StartStrategy } from '#use-cases/start-strategy/start-strategy.use-case'

/** As long as an access token lives, and a little more for clocks that differ. */
const revocationKeptMs = (accessToken.lifetimeSeconds + 60) * 1_000

@Module({
  controllers: [CombinedController],
  providers: [
    { provide: RevocationList, useFactory: () => new RevocationList(revocationKeptMs) },
    { provide: TokenVerifier, useClass: JoseVerifier },
    { provide: ApiKeyChecker, useClass: IdentityApiKeys },
    { provide: AuditLog, useClass: IdentityAudit },
    { provide: RateLimiter, useClass: RedisLimiter },
    { provide: PremiumPlans, useClass: BillingPremiumPlans },
    { provide: Neighbours, useClass: HttpNeighbours },
    { provide: LiveFeed, useClass: BusLiveFeed },
    { provide: OwnAccounts, useClass: BrokerAccounts },
    IdentityKeys,
    OidcVerifier,
    AnswerRoute,
    AuthenticateCaller,
    ChangeStrategy,
    CombineFollowers,
    CombineStrategies,
    CombineTriggers,
    FindNamed,
    FindProviders,
    FollowEvents,
    LimitCaller,
    PassRequest,
    CallerGate,
    LiveStream,
    Pages,
    PassedOnRoutes,
    PublicHttp,
    PublicRoutes,
    TokenRoute,
    IssueToken,
    SessionNews,
    StartStrategy,
  ],
})
export class AppModule {}

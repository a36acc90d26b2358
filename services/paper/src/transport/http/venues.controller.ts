/**
 * Registers every surface on the service's HTTP server: the venues' protocols, the direct one, and control.
 * Called by startService before the port opens. Must never answer by itself.
 */
import type { INestApplicationContext } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { Randomness } from '@tradewire/kernel/randomness'
import { Health } from '@tradewire/nest-kit/health'
import { CONFIG, LOGGER } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { PaperConfig } from '#config'
import { FaultBoard } from '#domain/protocol/faults'
import { perpetualBudgets, spotBudgets } from '#domain/protocol/rate-limits'
import { BinanceServer } from '#surfaces/binance/binance.controller'
import { marketEndpoints as spotMarket } from '#surfaces/binance-spot/market.controller'
import { orderEndpoints as spotOrders } from '#surfaces/binance-spot/orders.controller'
import { serveUserData as serveSpotUserData } from '#surfaces/binance-spot/user-data.controller'
import { accountEndpoints } from '#surfaces/binance-usdm/account.controller'
import { ListenKeys } from '#surfaces/binance-usdm/listen-keys.wire'
import { marketEndpoints as usdmMarket } from '#surfaces/binance-usdm/market.controller'
import { orderEndpoints as usdmOrders } from '#surfaces/binance-usdm/orders.controller'
import { listenKeyEndpoints, serveUserData as serveUsdmUserData } from '#surfaces/binance-usdm/user-data.controller'
import { isAuthorized, serveControl } from '#surfaces/control/control.controller'
import { DirectServer } from '#surfaces/direct/direct.controller'
import { serveDirectStream } from '#surfaces/direct/direct-stream.controller'
import { MayarServer } from '#surfaces/mayar/mayar.controller'
import { serveExchanges } from '#surfaces/protocol/exchanges.controller'
import { MetaapiServer } from '#surfaces/metaapi/metaapi-server.controller'
import { RazorpayServer } from '#surfaces/razorpay/razorpay.controller'
import { serveMtManager } from '#surfaces/mt-manager/mt-manager.controller'
import { serveXapi } from '#surfaces/xapi/xapi.controller'
import { StripeServer } from '#surfaces/stripe/stripe.controller'
import { UserStreams } from '#surfaces/streams/user-streams.wire'
import { Websockets } from '#surfaces/streams/websockets.wire'
import { CreateAccount } from '#use-cases/create-account/create-account.use-case'
import { MovePrice } from '#use-cases/move-price/move-price.use-case'
import { OpenDocumentedAccount } from '#use-cases/open-documented-account/open-documented-account.use-case'
import { TradeByHand } from '#use-cases/trade-by-hand/trade-by-hand.use-case'
import { RunningVenue } from '#ports/running-venue.port'

const spotPrefix = '/binance-spot'
const usdmPrefix = '/binance-usdm'
const metaapiPrefix = '/metaapi'
const loopback = new Set(['127.0.0.1', '::1', 'localhost'])

export async function serveVenues(fastify: FastifyInstance, app: INestApplicationContext): Promise<void> {
  const venue = app.get(RunningVenue)
  const faults = app.get(FaultBoard)
  const config = app.get<PaperConfig>(CONFIG)
  if (config.controlToken === undefined && !loopback.has(config.httpHost)) {
    const warning = 'the control API is open to everyone who reaches this port: set PAPER_CONTROL_TOKEN'
    app.get<Logger>(LOGGER).warn({ host: config.httpHost }, warning)
  }
  app.get(Health).register('journal', () =>
    venue.settled().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : 'the journal cannot be written'),
    ),
  )
  const streams = new UserStreams(venue, faults)
  const sockets = new Websockets()
  const keys = new ListenKeys(app.get(Randomness))
  const spot = new BinanceServer({ venue, faults, name: 'binance-spot', budgets: spotBudgets[config.limits] })
  await spot.register(fastify, spotPrefix, [...spotMarket(config.limits), ...spotOrders])
  const usdm = new BinanceServer({ venue, faults, name: 'binance-usdm', budgets: perpetualBudgets[config.limits] })
  const usdmEndpoints = [...usdmMarket(config.limits), ...usdmOrders, ...accountEndpoints]
  await usdm.register(fastify, usdmPrefix, [...usdmEndpoints, ...listenKeyEndpoints(keys, streams)])
  await serveExchanges(fastify, { venue, faults, streams, sockets, limits: config.limits })
  await new DirectServer(venue, faults).register(fastify)
  await serveControl(fastify, {
    venue,
    faults,
    streams,
    createAccount: app.get(CreateAccount),
    movePrice: app.get(MovePrice),
    tradeByHand: app.get(TradeByHand),
    token: config.controlToken,
  })
  const mayCommand = (request: FastifyRequest) => isAuthorized(request, config.controlToken)
  await new StripeServer(app.get(Clock)).register(fastify, mayCommand)
  await new RazorpayServer(app.get(Clock)).register(fastify, mayCommand)
  await new MayarServer(app.get(Clock)).register(fastify, mayCommand)
  serveSpotUserData(sockets, spotPrefix, venue, streams)
  const stopExpiry = serveUsdmUserData(sockets, usdmPrefix, { venue, keys, streams })
  serveDirectStream(sockets, venue, streams)
  const delays = { detectionMs: config.metaapiDetectionMs, deploymentMs: config.metaapiDeploymentMs }
  const { limits, metaapiToken: platformToken } = config
  if (platformToken !== undefined) app.get(OpenDocumentedAccount).execute()
  await new MetaapiServer({ venue, faults, limits, delays, platformToken }).register(fastify, metaapiPrefix)
  await serveMtManager(fastify, app, { venue, faults, config })
  const xapi = await serveXapi(app, { venue, faults, streams, sockets, config })
  sockets.attach(fastify)
  fastify.addHook('onClose', async () => {
    stopExpiry()
    xapi.close()
    venue.close()
  })
}

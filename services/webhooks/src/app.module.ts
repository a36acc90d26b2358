/** Wiring of `webhooks`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import { Metrics } from '@tradewire/observability/metrics'
import { SendersByScheme } from './clients/senders-by-scheme.client.ts'
import { TelegramSender } from './clients/telegram-sender.client.ts'
import { UndiciSender } from './clients/undici-sender.client.ts'
import type { WebhooksConfig } from './config.ts'
import { EndpointFactory } from './domain/endpoint-factory.ts'
import { Targets } from './domain/target.ts'
import { Deliveries } from './ports/deliveries.port.ts'
import { Endpoints } from './ports/endpoints.port.ts'
import { StoredNotificationSettings } from './ports/notification-settings.port.ts'
import { Sender } from './ports/sender.port.ts'
import { SqlDeliveries } from './store/sql-deliveries.store.ts'
import { SqlNotificationSettings } from './store/sql-notification-settings.store.ts'
import { TypeormEndpoints } from './store/typeorm-endpoints.store.ts'
import { NewsConsumer } from './transport/bus/news.consumer.ts'
import { DeliveryJob } from './transport/cron/delivery.job.ts'
import { DeliveriesController } from './transport/rpc/deliveries.controller.ts'
import { EndpointsController } from './transport/rpc/endpoints.controller.ts'
import { NotificationsController } from './transport/rpc/notifications.controller.ts'
import { ChangeNotificationSettings } from './use-cases/change-notification-settings/change-notification-settings.use-case.ts'
import { CreateEndpoint } from './use-cases/create-endpoint/create-endpoint.use-case.ts'
import { GetDelivery } from './use-cases/get-delivery/get-delivery.use-case.ts'
import { GetEndpoint } from './use-cases/get-endpoint/get-endpoint.use-case.ts'
import { GetNotificationSettings } from './use-cases/get-notification-settings/get-notification-settings.use-case.ts'
import { GetTelegramLink } from './use-cases/get-telegram-link/get-telegram-link.use-case.ts'
import { LinkTelegram } from './use-cases/link-telegram/link-telegram.use-case.ts'
import { ListDeliveries } from './use-cases/list-deliveries/list-deliveries.use-case.ts'
import { ListEndpoints } from './use-cases/list-endpoints/list-endpoints.use-case.ts'
import { QueueDeliveries } from './use-cases/queue-deliveries/queue-deliveries.use-case.ts'
import { RemoveEndpoint } from './use-cases/remove-endpoint/remove-endpoint.use-case.ts'
import { ReplayDeliveries } from './use-cases/replay-deliveries/replay-deliveries.use-case.ts'
import { RotateEndpointSecret } from './use-cases/rotate-endpoint-secret/rotate-endpoint-secret.use-case.ts'
import { SendDelivery } from './use-cases/send-delivery/send-delivery.use-case.ts'
import { TestEndpoint } from './use-cases/test-endpoint/test-endpoint.use-case.ts'
import { UnlinkTelegram } from './use-cases/unlink-telegram/unlink-telegram.use-case.ts'
import { UpdateEndpoint } from './use-cases/update-endpoint/update-endpoint.use-case.ts'

@Module({
  controllers: [EndpointsController, DeliveriesController, NotificationsController, NewsConsumer],
  providers: [
    { provide: Endpoints, useClass: TypeormEndpoints },
    { provide: Deliveries, useClass: SqlDeliveries },
    { provide: StoredNotificationSettings, useClass: SqlNotificationSettings },
    UndiciSender,
    TelegramSender,
    {
      provide: Sender,
      inject: [UndiciSender, TelegramSender, Clock, Metrics],
      useFactory: (webhook: UndiciSender, chat: TelegramSender, clock: Clock, metrics: Metrics) =>
        new SendersByScheme({ webhook, chat }, clock, metrics),
    },
    {
      provide: Targets,
      inject: [CONFIG],
      useFactory: ({ privateTargets }: WebhooksConfig) => new Targets(privateTargets),
    },
    {
      provide: EndpointFactory,
      inject: [Clock, IdSource, Randomness],
      useFactory: (clock: Clock, ids: IdSource, randomness: Randomness) => new EndpointFactory(clock, ids, randomness),
    },
    DeliveryJob,
    ChangeNotificationSettings,
    CreateEndpoint,
    GetDelivery,
    GetEndpoint,
    GetNotificationSettings,
    GetTelegramLink,
    LinkTelegram,
    ListDeliveries,
    ListEndpoints,
    QueueDeliveries,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateEndpointSecret,
    SendDelivery,
    TestEndpoint,
    UnlinkTelegram,
    UpdateEndpoint,
  ],
})
export class AppModule {}

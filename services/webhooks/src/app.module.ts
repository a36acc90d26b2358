/** Wiring of `webhooks`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import { UndiciSender } from './clients/undici-sender.client.ts'
import type { WebhooksConfig } from './config.ts'
import { Targets } from './domain/target.ts'
import { Deliveries } from './ports/deliveries.port.ts'
import { Endpoints } from './ports/endpoints.port.ts'
import { Sender } from './ports/sender.port.ts'
import { SqlDeliveries } from './store/sql-deliveries.store.ts'
import { TypeormEndpoints } from './store/typeorm-endpoints.store.ts'
import { NewsConsumer } from './transport/bus/news.consumer.ts'
import { DeliveryJob } from './transport/cron/delivery.job.ts'
import { DeliveriesController } from './transport/rpc/deliveries.controller.ts'
import { EndpointsController } from './transport/rpc/endpoints.controller.ts'
import { ChangeEndpoint } from './use-cases/change-endpoint/change-endpoint.use-case.ts'
import { CreateEndpoint, EndpointSource } from './use-cases/create-endpoint/create-endpoint.use-case.ts'
import { Deliver } from './use-cases/deliver/deliver.use-case.ts'
import { QueueDeliveries } from './use-cases/queue-deliveries/queue-deliveries.use-case.ts'
import { ReadDeliveries } from './use-cases/read-deliveries/read-deliveries.use-case.ts'
import { ReadEndpoints } from './use-cases/read-endpoints/read-endpoints.use-case.ts'
import { ReplayDeliveries } from './use-cases/replay-deliveries/replay-deliveries.use-case.ts'

@Module({
  controllers: [EndpointsController, DeliveriesController, NewsConsumer],
  providers: [
    { provide: Endpoints, useClass: TypeormEndpoints },
    { provide: Deliveries, useClass: SqlDeliveries },
    { provide: Sender, useClass: UndiciSender },
    {
      provide: Targets,
      inject: [CONFIG],
      useFactory: ({ privateTargets }: WebhooksConfig) => new Targets(privateTargets),
    },
    ChangeEndpoint,
    CreateEndpoint,
    Deliver,
    DeliveryJob,
    EndpointSource,
    QueueDeliveries,
    ReadDeliveries,
    ReadEndpoints,
    ReplayDeliveries,
  ],
})
export class AppModule {}

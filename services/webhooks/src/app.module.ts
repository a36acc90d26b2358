/** Wiring of `webhooks`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import { UndiciSender } from './clients/undici-sender.client.ts'
import type { WebhooksConfig } from './config.ts'
import { EndpointFactory } from './domain/endpoint-factory.ts'
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
import { CreateEndpoint } from './use-cases/create-endpoint/create-endpoint.use-case.ts'
import { GetDelivery } from './use-cases/get-delivery/get-delivery.use-case.ts'
import { GetEndpoint } from './use-cases/get-endpoint/get-endpoint.use-case.ts'
import { ListDeliveries } from './use-cases/list-deliveries/list-deliveries.use-case.ts'
import { ListEndpoints } from './use-cases/list-endpoints/list-endpoints.use-case.ts'
import { QueueDeliveries } from './use-cases/queue-deliveries/queue-deliveries.use-case.ts'
import { RemoveEndpoint } from './use-cases/remove-endpoint/remove-endpoint.use-case.ts'
import { ReplayDeliveries } from './use-cases/replay-deliveries/replay-deliveries.use-case.ts'
import { RotateEndpointSecret } from './use-cases/rotate-endpoint-secret/rotate-endpoint-secret.use-case.ts'
import { SendDelivery } from './use-cases/send-delivery/send-delivery.use-case.ts'
import { TestEndpoint } from './use-cases/test-endpoint/test-endpoint.use-case.ts'
import { UpdateEndpoint } from './use-cases/update-endpoint/update-endpoint.use-case.ts'

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
    {
      provide: EndpointFactory,
      inject: [Clock, IdSource, Randomness],
      useFactory: (clock: Clock, ids: IdSource, randomness: Randomness) => new EndpointFactory(clock, ids, randomness),
    },
    DeliveryJob,
    CreateEndpoint,
    GetDelivery,
    GetEndpoint,
    ListDeliveries,
    ListEndpoints,
    QueueDeliveries,
    RemoveEndpoint,
    ReplayDeliveries,
    RotateEndpointSecret,
    SendDelivery,
    TestEndpoint,
    UpdateEndpoint,
  ],
})
export class AppModule {}

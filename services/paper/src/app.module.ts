/** Wires the paper venue together. Loaded by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import type { PaperConfig } from '#config'
import { FaultBoard } from '#domain/faults'
import { Journal } from '#ports/journal.port'
import { FileJournal } from '#store/file-journal.store'
import { CreateAccount } from '#use-cases/create-account/create-account.use-case'
import { MovePrice } from '#use-cases/move-price/move-price.use-case'
import { OperateVenue } from '#use-cases/operate-venue/operate-venue.use-case'

@Module({
  providers: [
    { provide: Journal, useFactory: (config: PaperConfig) => new FileJournal(config.dataDirectory), inject: [CONFIG] },
    FaultBoard,
    OperateVenue,
    CreateAccount,
    MovePrice,
  ],
})
export class AppModule {}

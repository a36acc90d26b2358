/**
 * Wires paper together: the simulated venues. The payment providers that it plays as well need nothing from here.
 * Loaded by startService. Must never hold logic.
 */
import { Module } from '@nestjs/common'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import type { PaperConfig } from '#config'
import { FaultBoard } from '#domain/protocol/faults'
import { Journal } from '#ports/journal.port'
import { RunningVenue } from '#ports/running-venue.port'
import { FileJournal } from '#store/file-journal.store'
import { JournaledVenue } from '#store/journaled-venue.store'
import { CreateAccount } from '#use-cases/create-account/create-account.use-case'
import { MovePrice } from '#use-cases/move-price/move-price.use-case'
import { OpenDocumentedAccount } from '#use-cases/open-documented-account/open-documented-account.use-case'
import { TradeByHand } from '#use-cases/trade-by-hand/trade-by-hand.use-case'

@Module({
  providers: [
    { provide: Journal, useFactory: (config: PaperConfig) => new FileJournal(config.dataDirectory), inject: [CONFIG] },
    FaultBoard,
    { provide: RunningVenue, useClass: JournaledVenue },
    CreateAccount,
    MovePrice,
    OpenDocumentedAccount,
    TradeByHand,
  ],
})
export class AppModule {}

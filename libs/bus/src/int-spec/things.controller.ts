/** A Nest controller on the bus. Called by the bus's int-specs only. Must never be used outside of them. */
import { Controller, Injectable, Module } from '@nestjs/common'
import type { EventOf } from '@tradewire/contracts/define-event'
import type { ReplyOf, RequestOf } from '@tradewire/contracts/define-rpc'
import { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { Answer, Consume } from '../decorators.ts'
import { doubleNumber, thingHappened } from './things.ts'

/** Every number that the controller was asked for. */
export const seenNumbers: number[] = []
const slowMs = 700

@Injectable()
export class Doubler {
  double(number: number): number {
    return number * 2
  }
}

export const refusedNumber: CodedError = {
  code: 'NEGATIVE',
  kind: 'refused',
  message: 'No negative numbers.',
  context: { number: -1 },
}

@Controller()
export class ThingsController {
  private readonly doubler: Doubler

  constructor(doubler: Doubler) {
    this.doubler = doubler
  }

  @Answer(doubleNumber)
  async double({
    number,
    note,
  }: RequestOf<typeof doubleNumber>): Promise<Result<ReplyOf<typeof doubleNumber>, CodedError>> {
    seenNumbers.push(number)
    if (number < 0) return err(refusedNumber)
    if (number === 13) throw new Error('thirteen')
    // tidy-allow no-sleep-in-tests: an answer that is slower than its deadline is what is tested
    if (number === 700) await new Promise((resolve) => setTimeout(resolve, slowMs))
    return ok({ number: this.doubler.double(number), note })
  }

  @Consume(thingHappened, { name: 'happened', eventsMax: 50 })
  async handle(events: readonly EventOf<typeof thingHappened>[], tx: Transaction): Promise<void> {
    await tx.query('insert into effect (consumer, number) select $1::text, unnest($2::int[])', [
      'nest',
      events.map(({ data }) => data.number),
    ])
  }
}

@Module({ controllers: [ThingsController], providers: [Doubler] })
export class ThingsModule {}

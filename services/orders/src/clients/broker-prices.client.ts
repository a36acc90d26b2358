/** Asks brokers for prices. Implements the VenuePrices port. Must never keep an answer: orders are sent by it. */
import { Injectable } from '@nestjs/common'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { readPrices, symbolsPerCallMax } from '@tradewire/contracts/rpc/venues'
import { type Decimal, decimal } from '@tradewire/kernel/decimal'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'
import { type PricePlace, VenuePrices } from '../ports/venue-prices.port.ts'

@Injectable()
export class BrokerPrices extends VenuePrices {
  constructor(
    private readonly rpc: RpcClient,
    @InjectLogger() private readonly logger: Logger,
  ) {
    super()
  }

  async of({ venue, environment }: PricePlace, symbols: readonly string[]): Promise<ReadonlyMap<string, Decimal>> {
    const prices = new Map<string, Decimal>()
    for (let from = 0; from < symbols.length; from += symbolsPerCallMax) {
      const part = symbols.slice(from, from + symbolsPerCallMax)
      const answer = await this.rpc.ask(readPrices, { venue, environment, symbols: part })
      if (answer.ok) for (const { symbol, price } of answer.value.items) prices.set(symbol, decimal(price))
      else this.logger.warn({ venue, environment, reason: answer.error.code }, 'prices could not be read')
    }
    return prices
  }
}

/** Keeps how many accounts plans allow. Called with billing's events. Must never disconnect what is connected. */
import { Injectable } from '@nestjs/common'
import type { Transaction } from '@tradewire/database/transaction'
import { type AllowanceNews, Allowances } from '#ports/allowances.port'

@Injectable()
export class LearnAllowances {
  constructor(private readonly allowances: Allowances) {}

  execute(news: readonly AllowanceNews[], tx: Transaction): Promise<void> {
    return this.allowances.remember(tx, news)
  }
}

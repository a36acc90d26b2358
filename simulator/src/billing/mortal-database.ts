/**
 * A database whose process dies at a chosen step: from then on nothing that it asks is answered, until its next life.
 * Called by specs that kill billing at each step of its work. Must never let a step pass uncounted.
 */
import type { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'

class Died extends Error {}

export class MortalDatabase {
  /** Where it died, in the order of its deaths: the statement before which it did, or the commit before or after which. */
  readonly deaths: string[] = []
  private stepsLeft = Infinity
  private dead = false

  /** From now on the service's own database is mortal. */
  constructor(database: Database) {
    const query = database.query.bind(database)
    const transact = database.transact.bind(database)
    database.query = async (sql, parameters) => {
      this.step(nameOf(sql))
      const rows = await query(sql, parameters)
      this.step(`answer to ${nameOf(sql)}`)
      return rows as never
    }
    database.transact = async (work, options) => {
      this.step('begin')
      const value = await transact((tx) => this.within(tx, work), options)
      this.step('after the commit')
      return value
    }
  }

  /** Begins a life that ends at this step, counted from 1. */
  live(until: number): void {
    this.dead = false
    this.stepsLeft = until
  }

  /** Whether this life is over. */
  get isDead(): boolean {
    return this.dead
  }

  private async within<Value>(tx: Transaction, work: (tx: Transaction) => Promise<Value>): Promise<Value> {
    const query = tx.query.bind(tx)
    tx.query = async (sql, parameters) => {
      this.step(nameOf(sql))
      return (await query(sql, parameters)) as never
    }
    const value = await work(tx)
    this.step('before the commit')
    return value
  }

  private step(name: string): void {
    if (!this.dead) this.stepsLeft -= 1
    if (this.stepsLeft > 0) return
    if (!this.dead) this.deaths.push(name)
    this.dead = true
    throw new Died(`killed: ${name}`)
  }
}

/** Its verb and its table. */
function nameOf(sql: string): string {
  const [, verb = '', table = ''] = /\b(insert into|update|from|join)\s+(?!unnest)(\w+)/.exec(sql) ?? []
  return `${verb.replace(/from|join/, 'read')} ${table}`
}

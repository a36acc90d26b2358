/**
 * A database whose process dies at a chosen step, and is answered nothing until its next life; or is held up there while
 * others work. Called by specs that cut the work of billing at each step. Must never let a step pass uncounted.
 */
import type { Database } from '@tradewire/database/database'
import type { Transaction } from '@tradewire/database/transaction'

export class Died extends Error {}

export class MortalDatabase {
  /** Where it died, in the order of its deaths: the statement before which it did, or the commit before or after which. */
  readonly deaths: string[] = []
  private stepsLeft = Infinity
  private endsAtNew = false
  private dead = false
  private others: (() => Promise<void>) | undefined

  /** From now on the service's own database is mortal. */
  constructor(database: Database) {
    const query = database.query.bind(database)
    const transact = database.transact.bind(database)
    database.query = async (sql, parameters) => {
      await this.stepOutside(nameOf(sql))
      const rows = await query(sql, parameters)
      await this.stepOutside(`answer to ${nameOf(sql)}`)
      return rows as never
    }
    database.transact = async (work, options) => {
      await this.stepOutside('begin')
      const value = await transact((tx) => this.within(tx, work), options)
      await this.stepOutside('after the commit')
      return value
    }
  }

  /** Begins a life that ends at this step, counted from 1. */
  live(until: number): void {
    this.dead = false
    this.others = undefined
    this.endsAtNew = false
    this.stepsLeft = until
  }

  /** Begins a life that ends at this step, or at one of a name at which none has ended yet, if that comes first. */
  liveUntilNew(until: number): void {
    this.live(until)
    this.endsAtNew = true
  }

  /** Begins a life in which others work at this step; in a transaction, whose locks they may want, when it is over. */
  liveHeldUp(at: number, others: () => Promise<void>): void {
    this.live(at)
    this.others = others
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

  private async stepOutside(name: string): Promise<void> {
    this.step(name)
    if (this.stepsLeft > 0 || this.others === undefined) return
    const { others } = this
    this.live(Infinity)
    await others()
  }

  private step(name: string): void {
    if (!this.dead) this.stepsLeft -= 1
    if (this.endsAtNew && !this.deaths.includes(name)) this.stepsLeft = 0
    if (this.stepsLeft > 0 || this.others !== undefined) return
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

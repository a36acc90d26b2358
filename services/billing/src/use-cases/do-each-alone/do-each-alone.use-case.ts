/**
 * Does the work of a pass for each of its rows by itself. What fails, or is not done yet, is put off: so it holds up no
 * other, and however many fail, those after them are reached. Called by the passes that the job starts.
 * Must never hide what failed, nor take a row for done because it has failed often.
 */
import { Injectable } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { InjectLogger } from '@tradewire/nest-kit/tokens'
import type { Logger } from '@tradewire/observability/logger'

export interface Pass<Row> {
  /** True when it is done; else it is looked at again: false, or the code of what is in the way, for the log. */
  readonly work: (row: Row) => Promise<boolean | string>
  /** It is looked at again then, and not before. */
  readonly putOff: (row: Row, until: Date) => Promise<void>
  readonly putOffMs?: number
  /** What the log says of one that failed, and which one it was. */
  readonly failed: string
  readonly about: (row: Row) => object
}

/** Until one that is not done is looked at again. */
const putOffMsDefault = 60_000

@Injectable()
export class DoEachAlone {
  constructor(
    private readonly clock: Clock,
    @InjectLogger() private readonly logger: Logger,
  ) {}

  /** Answers how many were looked at. */
  async execute<Row>(rows: readonly Row[], pass: Pass<Row>): Promise<number> {
    const { putOffMs = putOffMsDefault } = pass
    for (const row of rows) {
      if (!(await this.isDone(row, pass))) await pass.putOff(row, new Date(this.clock.now().getTime() + putOffMs))
    }
    return rows.length
  }

  private async isDone<Row>(row: Row, { work, failed, about }: Pass<Row>): Promise<boolean> {
    const message = `${failed}; it is tried again`
    try {
      const done = await work(row)
      if (typeof done === 'boolean') return done
      this.logger.warn({ code: done, ...about(row) }, message)
    } catch (error) {
      this.logger.warn({ err: error, ...about(row) }, message)
    }
    return false
  }
}

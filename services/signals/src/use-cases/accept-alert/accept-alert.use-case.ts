/**
 * Takes an alert as it came over HTTP: read, check, store, or refuse with the document's own words.
 * Called by the alert controller. Must never store a secret, nor the body of a refused request.
 */
import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { GroupCommit } from '@tradewire/database/group-commit'
import { Clock } from '@tradewire/kernel/clock'
import type { SignalId, StrategyId } from '@tradewire/kernel/ids'
import { err, ok, type Result } from '@tradewire/kernel/result'
import { checkAlert, type Alert } from '../../domain/alert.ts'
import { readAlertText, type AlertProblem } from '../../domain/alert-text.ts'
import { dedupeKeyOf } from '../../domain/dedupe.ts'
import { secretMatches } from '../../domain/secret.ts'
import { Signals, type Refusal } from '../../ports/signals.port.ts'
import { AcceptSignal } from '../accept-signal/accept-signal.use-case.ts'

export interface AlertRequest {
  readonly contentType: string
  readonly body: string
  readonly sourceIp: string
}

export type AlertRefusal =
  | { readonly status: 400 | 422; readonly errors: readonly AlertProblem[] }
  | { readonly status: 401 | 503; readonly error: string }

export interface AcceptedAlert {
  readonly signalId: SignalId
  readonly duplicate: boolean
}

/** Audit lines of refused requests that may wait; beyond it they are dropped, so that a flood cannot fill the disk. */
const refusalsQueuedMax = 500
const refusalBatchRows = 100

@Injectable()
export class AcceptAlert {
  private readonly refusals: GroupCommit<Refusal, undefined>

  constructor(
    private readonly acceptSignal: AcceptSignal,
    private readonly clock: Clock,
    signals: Signals,
  ) {
    this.refusals = new GroupCommit({
      batchRows: refusalBatchRows,
      queuedMax: refusalsQueuedMax,
      work: async (batch) => {
        await signals.recordRefusals(batch)
        return batch.map(() => undefined)
      },
    })
  }

  async execute(request: AlertRequest): Promise<Result<AcceptedAlert, AlertRefusal>> {
    const outcome = await this.accept(request)
    if (!outcome.ok && outcome.error.status !== 503) this.audit(request, outcome.error)
    return outcome
  }

  private async accept(request: AlertRequest): Promise<Result<AcceptedAlert, AlertRefusal>> {
    const fields = readAlertText(request.body)
    if (!fields.ok) return err({ status: 400, errors: [fields.error] })
    const alert = checkAlert(fields.value)
    if (!alert.ok) return err({ status: 422, errors: alert.error })
    const accepted = await this.store(alert.value, request)
    if (accepted.ok) return ok(accepted.value)
    switch (accepted.error.code) {
      // Unknown strategy and wrong secret look alike: an answer must not tell which ids exist.
      case 'STRATEGY_NOT_FOUND':
        return err({ status: 401, error: 'unauthorized' })
      case 'STRATEGY_NOT_ACTIVE':
        return err({
          status: 422,
          errors: [{ msg: 'must be an active strategy', param: 'strategy', location: 'body' }],
        })
      default:
        return err({ status: 503, error: 'temporarily unavailable' })
    }
  }

  private store(alert: Alert, request: AlertRequest) {
    return this.acceptSignal.execute({
      strategyId: alert.strategyId as StrategyId,
      draft: {
        source: 'TRADINGVIEW',
        side: alert.side,
        price: alert.price,
        stop: alert.stop,
        targets: alert.targets,
        trailing: alert.trailing,
      },
      dedupe: dedupeKeyOf(alert),
      request: { ...request, body: request.body.replaceAll(JSON.stringify(alert.secret).slice(1, -1), '***') },
      mayUse: (strategy) => secretMatches(strategy.secrets, alert.secret, this.clock.now()),
    })
  }

  /** Written behind the answer; losing one to a crash or a flood is accepted, delaying the answer is not. */
  private audit(request: AlertRequest, refusal: AlertRefusal): void {
    const problems = 'error' in refusal ? [refusal.error] : refusal.errors.map(({ param, msg }) => `${param}: ${msg}`)
    this.refusals
      .submit({
        status: refusal.status,
        problems,
        sourceIp: request.sourceIp,
        bodyBytes: Buffer.byteLength(request.body),
        bodyDigest: createHash('sha256').update(request.body).digest('hex'),
      })
      .catch(() => undefined)
  }
}

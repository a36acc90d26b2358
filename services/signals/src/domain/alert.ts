/**
 * The rules of the alert document: which fields, which forms, which words of refusal.
 * Called by the alert intake. Must never let an ambiguous price through: a target that is given must be right.
 */
import { decimal, isDecimalText, type Decimal } from '@tradewire/kernel/decimal'
import { err, ok, type Result } from '@tradewire/kernel/result'
import type { Side } from '@tradewire/contracts/common'
import type { AlertFields, AlertProblem } from './alert-text.ts'

export interface Alert {
  readonly strategyId: string
  readonly secret: string
  readonly side: Side
  readonly price: string
  readonly stop: { readonly price: string; readonly type: 'market' | 'limit' }
  /** Nearest to the entry first. */
  readonly targets: readonly string[]
  readonly trailing: { readonly triggerPercent: string; readonly callbackRatePercent: string } | null
  readonly winRate: string | null
  /** The sender's own id of the alert, when the template has one; makes dedupe exact. */
  readonly alertId: string | null
}

const UUID_TEXT = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const NOT_SET = new Set(['', 'nan', 'null', 'none', 'n/a', 'undefined'])
const alertIdCharactersMax = 120
const secretCharactersMax = 200
const winRatePercentMax = decimal('100')
/** Beyond this a price is a typing error, whatever the instrument. */
const priceMax = decimal('1000000000000')

const targetFields = [
  ['takeProfit'],
  ['takeProfit1', 'takeProfitPrice1'],
  ['takeProfit2', 'takeProfitPrice2'],
  ['takeProfit3', 'takeProfitPrice3'],
] as const

/** Checks every field and reports all problems at once, in the order and words of the document. */
export function checkAlert(fields: AlertFields): Result<Alert, readonly AlertProblem[]> {
  const problems: AlertProblem[] = []
  const refuse = (param: string, msg: string) => void problems.push({ msg, param, location: 'body' })

  const strategyId = textOf(fields['strategy'])
  if (!UUID_TEXT.test(strategyId)) refuse('strategy', 'must be UUID')
  const secret = typeof fields['secret'] === 'string' ? fields['secret'] : ''
  if (secret === '' || secret.length > secretCharactersMax) refuse('secret', 'must be given')
  const price = positive(fields, 'orderPrice', refuse)
  const side = textOf(fields['type']).toLowerCase()
  if (side !== 'buy' && side !== 'sell') refuse('type', 'must be supported trade side')
  const stop = positive(fields, 'stop', refuse)
  const stopType = textOf(fields['stopType']).toLowerCase()
  if (stopType !== 'market' && stopType !== 'limit') refuse('stopType', 'must be supported order type')
  const targets = readTargets(fields, problems)
  const trailing = readTrailing(fields, refuse)
  const winRate = readWinRate(fields, refuse)
  const alertId = readAlertId(fields, refuse)

  if (price !== undefined && stop !== undefined && (side === 'buy' || side === 'sell')) {
    problems.push(...wrongSides(side, price, stop, targets))
  }
  if (problems.length > 0 || price === undefined || stop === undefined) return err(problems)
  const bySide = targets.map(({ price: target }) => target).toSorted((a, b) => a.cmp(b))
  return ok({
    strategyId: strategyId.toLowerCase(),
    secret,
    side: side as Side,
    price: price.toString(),
    stop: { price: stop.toString(), type: stopType as 'market' | 'limit' },
    targets: (side === 'buy' ? bySide : bySide.toReversed()).map(String),
    trailing,
    winRate,
    alertId,
  })
}

/** Numbers come as text, padded, as JSON numbers that lose nothing by it, or not at all. */
function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : ''
  return typeof value === 'string' ? value.trim() : ''
}

/** "NaN", null, empty and absent all mean "not set" (the document shows each). */
function isSet(value: unknown): boolean {
  if (value === undefined || value === null) return false
  return typeof value === 'string' ? !NOT_SET.has(value.trim().toLowerCase()) : !Number.isNaN(value)
}

function toPrice(value: unknown): Decimal | undefined {
  const text = textOf(value)
  if (!isDecimalText(text)) return undefined
  const parsed = decimal(text)
  return parsed.gt('0') && parsed.lte(priceMax) ? parsed : undefined
}

type Refuse = (param: string, msg: string) => void

function positive(fields: AlertFields, param: string, refuse: Refuse): Decimal | undefined {
  const parsed = toPrice(fields[param])
  if (parsed === undefined) refuse(param, 'must be greater than 0')
  return parsed
}

interface Target {
  readonly param: string
  readonly price: Decimal
}

function readTargets(fields: AlertFields, problems: AlertProblem[]): Target[] {
  const targets: Target[] = []
  const wrong: AlertProblem[] = []
  for (const names of targetFields) {
    let first: Decimal | undefined
    for (const param of names.filter((name) => isSet(fields[name]))) {
      const parsed = toPrice(fields[param])
      if (parsed === undefined) wrong.push({ msg: 'must be greater than 0', param, location: 'body' })
      else if (first !== undefined && !first.eq(parsed)) {
        wrong.push({ msg: `must not contradict ${names[0]}`, param, location: 'body' })
      } else if (!targets.some((target) => target.price.eq(parsed))) targets.push({ param, price: parsed })
      first ??= parsed
    }
  }
  if (targets.length === 0) {
    problems.push(...wrong, {
      msg: 'must include at least one takeProfit',
      param: '_error',
      nestedErrors: targetFields.map(([param]) => ({ msg: 'must be greater than 0', param, location: 'body' })),
    })
  } else problems.push(...wrong)
  return targets
}

function readTrailing(fields: AlertFields, refuse: Refuse): Alert['trailing'] {
  const [triggerSet, rateSet] = [isSet(fields['trailingTrigger']), isSet(fields['callbackRate'])]
  if (!triggerSet && !rateSet) return null
  const trigger = toPrice(fields['trailingTrigger'])
  const rate = toPrice(fields['callbackRate'])
  if (triggerSet && !rateSet) refuse('callbackRate', 'must be used with trailingTrigger')
  else if (rate === undefined) refuse('callbackRate', 'must be greater than 0')
  if (rateSet && !triggerSet) refuse('trailingTrigger', 'must be used with callbackRate')
  else if (trigger === undefined) refuse('trailingTrigger', 'must be greater than 0')
  return trigger && rate ? { triggerPercent: trigger.toString(), callbackRatePercent: rate.toString() } : null
}

function readWinRate(fields: AlertFields, refuse: Refuse): string | null {
  if (!isSet(fields['winRate'])) return null
  const text = textOf(fields['winRate'])
  const inRange = isDecimalText(text) && decimal(text).gte('0') && decimal(text).lte(winRatePercentMax)
  if (!inRange) refuse('winRate', 'must be between 0 and 100')
  return inRange ? text : null
}

function readAlertId(fields: AlertFields, refuse: Refuse): string | null {
  if (!isSet(fields['alertId'])) return null
  const text = textOf(fields['alertId'])
  if (text !== '' && text.length <= alertIdCharactersMax) return text
  refuse('alertId', `must be text of at most ${alertIdCharactersMax} characters`)
  return null
}

/** A stop above a buy's price would be hit at once, a target below it is no target: the alert is wrong, not unlucky. */
function wrongSides(side: Side, price: Decimal, stop: Decimal, targets: readonly Target[]): AlertProblem[] {
  const [near, far] = side === 'buy' ? (['below', 'above'] as const) : (['above', 'below'] as const)
  const isNear = (value: Decimal) => (side === 'buy' ? value.lt(price) : value.gt(price))
  const isFar = (value: Decimal) => (side === 'buy' ? value.gt(price) : value.lt(price))
  const problems: AlertProblem[] = []
  if (!isNear(stop)) problems.push({ msg: `must be ${near} orderPrice`, param: 'stop', location: 'body' })
  for (const target of targets) {
    if (!isFar(target.price)) {
      problems.push({ msg: `must be ${far} orderPrice`, param: target.param, location: 'body' })
    }
  }
  return problems
}

/**
 * An order's story as a person reads it: why this size, why these prices, what happened when. Pure.
 * Called by the explain command. Must never say what is not in the answer of the API.
 */
import type { ExplanationReply } from '@tradewire/contracts/rpc/explanation'
import type { BracketReply, RefusedSignalReply } from '@tradewire/contracts/rpc/orders'
import pc from 'picocolors'
import type { SignalReply } from './find-story.ts'

const nameWidth = 20

export function storyOf(story: ExplanationReply): string {
  const { bracket } = story
  return [
    '',
    pc.bold(`${bracket.side} ${bracket.quantity ?? 'nothing'} ${bracket.symbol} at ${bracket.venue}: ${bracket.state}`),
    row('order', bracket.id),
    row('follow', bracket.followId),
    row('account', bracket.accountId),
    ...verdict(story),
    ...part('Alert', alert(story)),
    ...part(
      'Settings and where they come from',
      story.settings.map(({ name, value, source }) => row(name, `${value ?? '-'}  ${pc.dim(source)}`)),
    ),
    ...part('Balance', balance(story)),
    ...part('Checks', checks(story)),
    ...part('Size', size(story)),
    ...part('Orders', bracket.legs.map(leg)),
    ...part('Protection', story.protection?.steps.map((step) => `  ${step}`) ?? []),
    ...part('Result', result(story)),
    ...part(
      'What happened',
      story.timeline.map(({ at, what }) => `  ${pc.dim(at)}  ${what}`),
    ),
  ].join('\n')
}

/** Of a signal that was refused for everyone: there is no order to tell of. */
export function refusalOf({ id, side, venue, symbol, denial, ...signal }: RefusedSignalReply): string {
  return [
    '',
    pc.bold(`${side} ${symbol} at ${venue}: nobody got an order of this signal`),
    pc.dim(`signal ${id}, strategy ${signal.strategyName ?? signal.strategyId}`),
    ...deniedLines(denial),
    row('received', signal.receivedAt),
    row('refused', signal.refusedAt),
  ].join('\n')
}

interface SignalOrders {
  readonly signalId: string
  readonly orders: readonly BracketReply[]
  /** Whether the signal has others besides. */
  readonly more: boolean
}

/** Of a signal that followers got orders of: each with the command that tells its story. */
export function ordersOf({ signalId, orders, more }: SignalOrders, commandOf: (orderId: string) => string): string {
  const [first] = orders
  return [
    '',
    pc.bold(`signal ${signalId}, ${more ? `its newest ${orders.length} orders` : `orders: ${orders.length}`}`),
    ...(first === undefined ? [] : [pc.dim(`${first.side} ${first.symbol} at ${first.venue}`)]),
    '',
    ...orders.flatMap(({ id, accountId, state, quantity, denial }) => [
      row(state, `account ${accountId}${denial === null ? `, ${quantity ?? 'nothing'}` : `: ${denial.message}`}`),
      row('', commandOf(id)),
    ]),
  ].join('\n')
}

/** Of a signal that was accepted and that nobody got an order of, nor a refusal. */
export function untradedOf({ signal, followed }: { signal: SignalReply; followed: boolean }, logs: string): string {
  const { id, side, price, strategyId, receivedAt } = signal
  return [
    '',
    pc.bold(
      `${side} at ${price}: accepted at ${receivedAt}, ${followed ? 'no orders yet' : 'no followers: nothing to do'}`,
    ),
    pc.dim(`signal ${id}, strategy ${strategyId}`),
    ...(followed ? ['', row('what to do', `ask again in a moment; if nothing comes, ${logs} tells more`)] : []),
  ].join('\n')
}

function deniedLines(denial: RefusedSignalReply['denial']): string[] {
  const context = Object.entries(denial.context).map(([name, value]) => `${name} ${String(value)}`)
  return [
    '',
    pc.red(`  refused: ${denial.message} (${denial.code})`),
    row('what led to it', context.join(', ')),
    row('what to do', denial.fix),
  ]
}

function verdict({ bracket: { denial, failure } }: ExplanationReply): string[] {
  if (denial !== null) return deniedLines(denial)
  return failure === null ? [] : ['', pc.red(`  failed: ${failure.message} (${failure.code})`)]
}

function alert({ strategy, signal, prices, timings }: ExplanationReply): string[] {
  const told = ['side', 'price', 'stop', 'targets', 'trailing'].filter((name) => (signal[name] ?? null) !== null)
  return [
    row('strategy', `${strategy.name ?? strategy.id}, received ${timings.signalReceivedAt}`),
    ...told.map((name) => row(name, textOf(signal[name]))),
    ...(prices === null ? [] : [row('at the venue', textOf(prices))]),
  ]
}

function balance({ balance: known }: ExplanationReply): string[] {
  if (known === null) return [row('not known', 'no balance of this account has been told yet')]
  const { currency, total, free, equity, reserved, lostSince, observedAt, ageMs } = known
  return [
    row('total', `${total} ${currency}, ${free} free, equity ${equity}`),
    row('told', `by the venue at ${observedAt}, ${ageMs} ms before the order was planned`),
    row('taken off', `${reserved} reserved for orders under way, ${lostSince} lost since it was told`),
  ]
}

function checks({ checks: all }: ExplanationReply): string[] {
  const count = (wanted: string): number => all.filter(({ outcome }) => outcome === wanted).length
  return [
    row('passed', `${count('passed')} of ${all.length}`),
    ...all.filter(({ outcome }) => outcome === 'denied').map(({ code }) => row('denied', code)),
    ...(count('not-reached') === 0 ? [] : [row('not reached', String(count('not-reached')))]),
  ]
}

function size({ sizing, targets, mergedTargets }: ExplanationReply): string[] {
  if (sizing === null) return []
  return [
    ...sizing.steps.map((step) => `  ${step}`),
    row('decided by', `${sizing.bound}; at risk ${sizing.atRisk}, notional ${sizing.notional}`),
    ...targets.map(({ target, price, quantity }) => row(`target ${target}`, `${quantity} at ${price}`)),
    ...mergedTargets.map(([from, into]) => row(`target ${from}`, `too small, merged into target ${into}`)),
  ]
}

function leg(one: ExplanationReply['bracket']['legs'][number]): string {
  const price = one.triggerPrice ?? one.price
  const filled = one.filledQuantity === '0' ? '' : `, filled ${one.filledQuantity} at ${one.averagePrice ?? '?'}`
  const why = one.reason === null ? '' : pc.dim(`  ${one.reason.message}`)
  return row(
    one.leg,
    `${one.side} ${one.quantity} ${one.type}${price === null ? '' : ` ${price}`}: ${one.state}${filled}${why}`,
  )
}

function result({ bracket, slippage, fees, timings }: ExplanationReply): string[] {
  const { signalToPlanMs, planToSentMs, sentToAnswerMs, signalToFillMs, unprotectedMs } = timings
  const hops = [
    `alert to plan ${signalToPlanMs} ms`,
    ...(planToSentMs === null ? [] : [`plan to sent ${planToSentMs} ms`]),
    ...(sentToAnswerMs === null ? [] : [`sent to answer ${sentToAnswerMs} ms`]),
    ...(signalToFillMs === null ? [] : [`alert to fill ${signalToFillMs} ms`]),
  ]
  return [
    ...(bracket.realizedPnl === null
      ? []
      : [row('profit and loss', `${bracket.realizedPnl}, closed by ${bracket.closeReason ?? '?'}`)]),
    ...(slippage === null
      ? []
      : [
          row(
            'slippage',
            `opened at ${slippage.openPrice}, the alert said ${slippage.signalPrice}: ${slippage.percent} %`,
          ),
        ]),
    ...fees
      .filter(({ fee }) => fee !== '0')
      .map(({ leg: name, fee, currency }) => row(`fee of ${name}`, `${fee} ${currency}`)),
    row('times', hops.join(', ')),
    row('without a stop', `for ${unprotectedMs} ms`),
  ]
}

function part(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', pc.bold(title), ...lines]
}

function row(name: string, text: string): string {
  return `  ${pc.dim(name.padEnd(nameWidth))}${text}`
}

/** Values of the alert and of the prices are plain data of any shape. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return '-'
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(textOf).join(', ')
  if (typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).filter(
    ([, field]) => field !== null && !(Array.isArray(field) && field.length === 0),
  )
  return fields.map(([name, field]) => `${name} ${textOf(field)}`).join(', ')
}

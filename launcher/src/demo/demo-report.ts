/**
 * The demo's result for people: what happened, what it made, how fast, and the verdict. Called by the demo command.
 * Must never print a figure that is not in the result.
 */
import pc from 'picocolors'
import { seconds } from '../terminal/progress.ts'
import type { DemoResult } from './demo-result.ts'
import type { Percentiles } from './percentiles.ts'

const nameWidth = 22
const figureWidth = 9

export function reportDemo(result: DemoResult, elapsedMs: number): string {
  const lines = [
    '',
    pc.bold(
      `${of(result.signals, 'alert')}, ${of(result.followers, 'follower')}, ${result.candles} minutes of recorded prices`,
    ),
    '',
    row('positions', `${result.positions}${list(result.closedBy, ' closed by ')}`),
    row('refusals', list(result.refusals, '') || 'none'),
    row('orders', orders(result)),
    row('profit and loss', spread(result.profitPercent)),
    row('webhooks', webhooks(result.webhooks)),
    '',
    pc.dim(`  ${'milliseconds'.padEnd(nameWidth)}${['p50', 'p99', 'max', 'count'].map(pad).join('')}`),
    latency('alert answered', result.latencyMs.accept),
    latency('alert to plan', result.latencyMs.signalToPlan),
    latency('plan to sent', result.latencyMs.planToSent),
    latency('sent to answer', result.latencyMs.sentToAnswer),
    latency('alert to last order', result.latencyMs.signalToLastOrder),
    latency('fill to protected', result.unprotectedMs),
    '',
    ...result.findings.map((finding) => pc.red(`  ${finding}`)),
    verdict(result),
    pc.dim(`  took ${seconds(elapsedMs)}`),
  ]
  return lines.join('\n')
}

/** Without the second figure the first and the third would seem not to agree. */
function orders({ intents, untaken, venueOrders, fills }: DemoResult): string {
  const ended = untaken === 0 ? '' : `${untaken} ended before the venue took them, `
  return `${intents} planned, ${ended}${venueOrders} in the venue’s ledger, ${fills} fills`
}

function of(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

function row(name: string, text: string): string {
  return `  ${pc.dim(name.padEnd(nameWidth))}${text}`
}

function list(counts: Readonly<Record<string, number>>, prefix: string): string {
  const parts = Object.entries(counts).map(([name, count]) => `${name} ${count}`)
  return parts.length === 0 ? '' : `${prefix === '' ? '' : `,${prefix}`}${parts.join(', ')}`
}

function spread({ worst, median, best }: DemoResult['profitPercent']): string {
  const percent = (value: number | null) => (value === null ? 'none' : `${value > 0 ? '+' : ''}${value} %`)
  return `${percent(worst)} worst, ${percent(median)} median, ${percent(best)} best, of each follower’s balance`
}

function webhooks({ sent, verified, refused }: DemoResult['webhooks']): string {
  return `${sent} sent, ${verified} received and verified${refused === 0 ? '' : pc.red(`, ${refused} with a wrong signature`)}`
}

function pad(text: string): string {
  return text.padStart(figureWidth)
}

function latency(name: string, { p50, p99, max, count }: Percentiles): string {
  const figures = [p50, p99, max].map((value) => pad(value === null ? '-' : String(value)))
  return `  ${name.padEnd(nameWidth)}${figures.join('')}${pc.dim(pad(String(count)))}`
}

function verdict({ lost, doubled }: DemoResult): string {
  const text = `${lost} lost, ${doubled} doubled`
  return `  ${lost + doubled === 0 ? pc.green(`✓ ${text}`) : pc.red(`✗ ${text}`)} ${pc.dim('(the venue’s own ledger against our books)')}`
}

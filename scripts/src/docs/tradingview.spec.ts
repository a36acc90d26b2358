import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkAlert } from '@tradewire/signals/domain/alert'
import { readAlertText } from '@tradewire/signals/domain/alert-text'
import { describe, expect, it } from 'vitest'
import { repositoryRoot } from '../check/repository.ts'

const page = readFileSync(join(repositoryRoot(), 'docs/tradingview.md'), 'utf8')
const fields = ['strategy', 'secret', 'type', 'orderPrice', 'stop', 'stopType', 'takeProfit', 'trailingTrigger']

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n(\\{.*?)\`\`\``, 's').exec(page)![1]!
}

function problemsOf(text: string) {
  const read = readAlertText(text)
  if (!read.ok) return [read.error]
  const checked = checkAlert(read.value)
  return checked.ok ? [] : checked.error
}

/** As TradingView fills a message in, with a target that has no value. */
function filledIn(template: string): string {
  const values: Readonly<Record<string, string>> = {
    'strategy.order.action': 'buy',
    close: '42000',
    'plot("Stop")': '41000',
    'plot("Target 1")': '43000',
    'plot("Target 2")': 'NaN',
    ticker: 'BTCUSDT',
    interval: '15',
    time: '2026-03-02T09:15:00Z',
  }
  return template.replaceAll(/\{\{(.*?)\}\}/g, (whole, name: string) => values[name] ?? whole)
}

describe('the page on alerts', () => {
  it('shows a message that becomes the one below it when TradingView fills it in, and that is taken', () => {
    const message = filledIn(block('text'))
    expect(message).toBe(block('json'))
    expect(problemsOf(message)).toEqual([])
  })

  it('shows a script whose message is taken, also when a target has no value', () => {
    const script = /message\(string side.*?=>\n(.*?)\n\n/s.exec(page)![1]!
    const values: Readonly<Record<string, string>> = {
      id: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
      secret: 'secret',
      side: 'sell',
      'number(close)': '"42000"',
      'number(stop)': '"43000.5"',
      'number(target1)': '"41000"',
      'number(target2)': '"NaN"',
      'syminfo.tickerid': 'BINANCE:BTCUSDT.P',
      'str.tostring(time)': '1772442900000',
    }
    const parts = script.split(' +').map((part) => part.trim())
    const message = parts.map((part) => (part.startsWith("'") ? part.slice(1, -1) : (values[part] ?? part))).join('')
    expect(problemsOf(message)).toEqual([])
    expect(JSON.parse(message)).toMatchObject({ type: 'sell', orderPrice: '42000', takeProfit2: 'NaN' })
  })

  it('names as needed what an empty message is refused for', () => {
    const needed = [...page.matchAll(/^\| `(\w+)` \| yes \|/gm)].map(([, name]) => name)
    const missed = problemsOf('{}').map(({ param }) => param)
    expect(new Set(needed)).toEqual(new Set(missed.filter((param) => param !== '_error')))
    for (const field of fields) expect(page).toContain(`\`${field}\``)
  })
})

/**
 * What a person reads when everything is up: addresses, the operator's login, and what to try next.
 * Called by the `up` command. Must never show the password again after the first time.
 */
import { relative } from 'node:path'
import pc from 'picocolors'
import { type Home, defaultHome } from '../home/home.ts'
import { printLine } from '../terminal/output.ts'
import { seconds } from '../terminal/progress.ts'
import type { Endpoints } from './endpoints.ts'
import type { EnsuredOperator } from './operator.ts'

export interface Welcome {
  readonly home: Home
  readonly endpoints: Endpoints
  readonly operator: EnsuredOperator | undefined
  readonly elapsedMs: number
  readonly detached: boolean
}

const nameWidth = 10

export function printWelcome({ home, endpoints, operator, elapsedMs, detached }: Welcome): void {
  printLine()
  printLine(pc.bold(`Tradewire is up (${seconds(elapsedMs)}).`))
  printLine()
  printAddresses(endpoints)
  row('e-mails', `files in ${near(home.mail)}, unless IDENTITY_MAIL_URL names a server`)
  if (operator !== undefined) printOperator(home, operator)
  printLine()
  printNext(home, endpoints)
  printLine()
  printLine(detached ? `It runs in the background: ./tradewire down${homeOption(home)} stops it.` : 'Ctrl-C stops it.')
}

function row(name: string, text: string): void {
  printLine(`  ${pc.dim(name.padEnd(nameWidth))} ${text}`)
}

function printAddresses({ gateway, signals, paper }: Endpoints): void {
  if (gateway !== undefined) row('gateway', `${gateway}   (API documents: ${gateway}/docs)`)
  if (signals !== undefined) row('alerts', `${signals}/v1/webhook/strategy`)
  if (paper === undefined) return
  const { control, ...venues } = paper
  row('paper', control)
  row('', `speaks ${Object.values(venues).join(', ')}`)
}

function printOperator(home: Home, { login, created }: EnsuredOperator): void {
  if (login === undefined) row('operator', 'exists already; this home does not know its password')
  else if (created)
    row(
      'operator',
      `${login.username}, password ${pc.bold(login.password)}   (shown once; kept in ${near(home.operatorFile)})`,
    )
  else row('operator', `${login.username}   (password in ${near(home.operatorFile)})`)
}

function printNext(home: Home, endpoints: Endpoints): void {
  const option = homeOption(home)
  printLine('Try next:')
  if (endpoints.paper !== undefined) {
    printLine(`  ./tradewire paper account --venue binance-usdm --balance 10000${option}`)
    printLine(`  ./tradewire paper price --symbol BTCUSDT --price 42000${option}`)
  }
  printLine(`  ./tradewire status${option}`)
  printLine(`  ./tradewire logs --follow${option}`)
  printFirstAlert(home, endpoints)
}

const jsonType = `-H 'content-type: application/json'`

/** Log in, make a strategy, post an alert as TradingView would: three lines to paste. */
function printFirstAlert(home: Home, { gateway, signals, operator }: Endpoints): void {
  if (gateway === undefined || signals === undefined || operator === undefined) return
  const strategy = '{"name":"First","venue":"binance-usdm","symbol":"BTC/USDT"}'
  const alert = `{"strategy":"ID","secret":"SECRET","type":"buy","orderPrice":42000,"stop":41000,"stopType":"market","takeProfit":44000,"winRate":60}`
  const token = `sed 's/.*"accessToken":"\\([^"]*\\).*/\\1/'`
  printLine()
  printLine('A first alert (ID and SECRET are in the answer to the second line):')
  printLine(`  TOKEN=$(curl -s ${gateway}/v1/auth/login ${jsonType} -d '@${near(home.operatorFile)}' | ${token})`)
  printLine(`  curl -s ${gateway}/v1/strategies -H "authorization: Bearer $TOKEN" ${jsonType} -d '${strategy}'`)
  printLine(`  curl -s ${signals}/v1/webhook/strategy ${jsonType} -d '${alert}'`)
}

/** The option that names this home in further commands; nothing for the default one. */
export function homeOption(home: Home): string {
  return home.root === defaultHome ? '' : ` --home ${home.root}`
}

function near(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') ? file : path
}

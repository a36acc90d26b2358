/**
 * What a person reads when everything is up: addresses, the operator's login, and what to try next.
 * Called by the `up` command. Must never show the password again after the first time.
 */
import { relative } from 'node:path'
import pc from 'picocolors'
import { commandIn, homeArgument } from '../home/command-in.ts'
import type { Home } from '../home/home.ts'
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
  printLine(detached ? `It runs in the background: ${commandIn(home, 'down')} stops it.` : 'Ctrl-C stops it.')
}

function row(name: string, text: string): void {
  printLine(`  ${pc.dim(name.padEnd(nameWidth))} ${text}`)
}

function printAddresses({ gateway, metrics, signals, paper }: Endpoints): void {
  if (gateway !== undefined) row('gateway', `${gateway}   (API documents: ${gateway}/docs)`)
  if (metrics !== undefined) row('metrics', `${metrics}   (of the gateway; each other service has its own)`)
  if (signals !== undefined) row('alerts', `${signals}/v1/webhook/strategy`)
  if (paper === undefined) return
  const { control, xapiTcp, ...venues } = paper
  const places = Object.values(venues).map((url) => url.slice(url.lastIndexOf('/')))
  row('paper', control)
  row('', `beside it the venues that it plays: ${places.slice(0, 5).join(', ')},`)
  row('', places.slice(5).join(', '))
  if (xapiTcp !== undefined) row('', `xAPI over TCP: ${xapiTcp.main}, ${xapiTcp.stream}`)
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
  const option = homeArgument(home)
  printLine('Try next:')
  if (endpoints.paper !== undefined) {
    printLine(`  ./tradewire paper account --venue binance-usdm --balance 10000${option}`)
    printLine(`  ./tradewire paper price --symbol BTCUSDT --price 42000${option}`)
  }
  printLine(`  ./tradewire status${option}`)
  printLine(`  ./tradewire logs --follow${option}`)
  if (endpoints.gateway !== undefined) {
    printLine(`A first trade by hand is in README.md, to be pasted; GATEWAY is ${endpoints.gateway} here.`)
  }
}

function near(file: string): string {
  const path = relative(process.cwd(), file)
  return path.startsWith('..') ? file : path
}

/**
 * One form for the lines of all logs: services write JSON, PostgreSQL and nats-server write their own.
 * Called by the `logs` command. Pure; must never drop a line that it does not understand.
 */
export interface LogLine {
  /** ISO time; that of the line before when the line has none of its own. */
  readonly time: string
  readonly level: string
  readonly source: string
  readonly text: string
}

const ownFields = new Set(['level', 'time', 'service', 'message', 'pid', 'hostname', 'traceId', 'spanId'])
const POSTGRES_LINE = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC \[\d+\] (?:.*?)([A-Z]+): {2}(.*)$/
const NATS_LINE = /^\[\d+\] (\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d\.\d{3})\d* (?:UTC )?\[([A-Z]{3})\] (.*)$/

const levelNames: Readonly<Record<string, string>> = {
  WARNING: 'warn',
  ERROR: 'error',
  FATAL: 'fatal',
  WRN: 'warn',
  ERR: 'error',
  FTL: 'fatal',
  DBG: 'debug',
  TRC: 'trace',
}

export function parseLogLine(source: string, line: string, timeBefore: string): LogLine {
  const postgres = POSTGRES_LINE.exec(line)
  if (postgres !== null) {
    const [, day = '', time = '', level = '', text = ''] = postgres
    return { time: `${day}T${time}Z`, level: levelNames[level] ?? 'info', source, text }
  }
  const nats = NATS_LINE.exec(line)
  if (nats !== null) {
    const [, year = '', month = '', day = '', time = '', level = '', text = ''] = nats
    return { time: `${year}-${month}-${day}T${time}Z`, level: levelNames[level] ?? 'info', source, text }
  }
  return parseJsonLine(source, line) ?? { time: timeBefore, level: 'info', source, text: line }
}

function parseJsonLine(source: string, line: string): LogLine | undefined {
  if (!line.startsWith('{')) return undefined
  try {
    const fields = JSON.parse(line) as Readonly<Record<string, unknown>>
    const { time, level, message } = fields
    const rest = Object.entries(fields).filter(([name]) => !ownFields.has(name))
    const details = rest.map(([name, value]) => `${name}=${textOf(value)}`)
    const text = [textOf(message), ...details].filter((part) => part !== '').join('  ')
    return { time: textOf(time), level: textOf(level), source, text }
  } catch {
    return undefined
  }
}

function textOf(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The last lines of several logs in the order of their times; lines of equal time keep their order. */
export function mergeLines(logs: readonly (readonly LogLine[])[], linesMax: number): LogLine[] {
  const sorted = logs
    .flat()
    .map((line, index) => ({ line, index }))
    .toSorted((left, right) => compare(left.line.time, right.line.time) || left.index - right.index)
  return lastLines(sorted, linesMax).map(({ line }) => line)
}

/** None of them for 0. */
export function lastLines<Line>(lines: readonly Line[], linesMax: number): Line[] {
  return lines.slice(Math.max(0, lines.length - linesMax))
}

function compare(left: string, right: string): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

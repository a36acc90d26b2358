/**
 * Results on standard output: plain lines, tables, or one JSON object. Called by the commands.
 * Must never be used for progress, which goes to standard error.
 */
import Table from 'cli-table3'
import pc from 'picocolors'

export function printLine(text = ''): void {
  process.stdout.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

const borders = ['top', 'bottom', 'left', 'right', 'mid']
const joints = ['top-mid', 'top-left', 'top-right', 'bottom-mid', 'bottom-left', 'bottom-right', 'left-mid', 'mid-mid']
const noBorders = Object.fromEntries([...borders, ...joints, 'right-mid'].map((part) => [part, '']))

/** A table without lines: easy on the eye and on grep. */
export function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const table = new Table({
    head: head.map((title) => pc.bold(title)),
    chars: { ...noBorders, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  table.push(...rows.map((row) => [...row]))
  printLine(table.toString())
}

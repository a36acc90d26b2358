/** The result for people: a line per ratio, its gate and stretch goal, what is behind it. Called by the command. */
import type { BenchReport, Comparison, Gate } from './report.ts'

const widths = [5, 58, 9, 9, 9, 8] as const

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) =>
      index === 1 ? cell.padEnd(widths[1]) : index === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[index] ?? 0),
    )
    .join(' ')
    .trimEnd()
}

function verdict({ pass, stretchPass }: Pick<Comparison, 'pass' | 'stretchPass'>): string {
  if (!pass) return 'MISS'
  return stretchPass ? 'stretch' : 'pass'
}

function comparisonLine(label: string, text: string, one: Comparison | Gate): string {
  const value = one.value === null ? '-' : String(one.value)
  return line([label, text, value, `${one.rule} ${one.gate}`, `${one.rule} ${one.stretch}`, verdict(one)])
}

function gateLines(key: string, gate: Gate): string[] {
  const lines = [comparisonLine(key, gate.name, gate)]
  const floor = gate.floorMs === null ? '' : `; the venue's floor ${gate.floorMs} ms`
  lines.push(line(['', `  ours ${gate.ours}; raw ${gate.raw}${floor}`]))
  for (const one of gate.comparisons) lines.push(comparisonLine('', `  vs ${one.against}`, one))
  for (const note of gate.notes) lines.push(`      ${note}`)
  return lines
}

export function tableOf(report: BenchReport): string {
  const lines = [line(['', 'goal (ratio: ours / raw)', 'value', 'gate', 'stretch', '']), '']
  for (const [key, gate] of Object.entries(report.gates)) lines.push(...gateLines(key, gate))
  if (report.growth.length > 0) lines.push('', 'growth')
  for (const { name, values, limit, pass } of report.growth) {
    const shown = Object.entries(values).map(([at, value]) => `${at}: ${value}`)
    lines.push(`      ${name} (${limit}): ${pass ? 'pass' : 'MISS'}`, `        ${shown.join(', ')}`)
  }
  lines.push('', ...Object.entries(report.facts).map(([name, value]) => `${name}: ${value}`))
  return lines.join('\n')
}

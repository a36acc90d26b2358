/** The result for people: a line per ratio, its gate and stretch goal, what is behind it. Called by the command. */
import type { GrowthReport } from '../growth-bench.ts'
import type { OverloadReport } from '../overload-bench.ts'
import type { BenchReport, Comparison, Gate } from './report.ts'
import { rounded } from './statistics.ts'

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

export function growthTableOf({ costs, growth, chart, facts }: GrowthReport): string {
  const cells = (first: string, rest: readonly string[]): string =>
    first.padEnd(36) + rest.map((cell) => cell.padStart(11)).join('')
  const heads = ['fixed', 'a follower', 'off by', 'last step', '']
  const lines = [cells('one signal, by followers', [...costs.map(({ followers }) => String(followers)), ...heads])]
  for (const [key, { name, line: fit, lastStep, pass }] of Object.entries(growth)) {
    const values = costs.map((cost) => String(rounded(cost[key as keyof typeof cost])))
    const parts = [rounded(fit.fixed), rounded(fit.perFollower), `${Math.round(fit.worstPercent)} %`, `x ${lastStep}`]
    lines.push(cells(name, [...values, ...parts.map(String), pass ? 'pass' : 'MISS']))
  }
  lines.push('', ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`), `picture: ${chart}`)
  return lines.join('\n')
}

export function overloadTableOf({ goals, rounds, capacityPerSecond, facts }: OverloadReport): string {
  const lines = Object.values(goals).map(
    ({ name, value, limit, pass }) => `${name}: ${value} (${limit}): ${pass ? 'pass' : 'MISS'}`,
  )
  lines.push('', `the venue takes ${capacityPerSecond} entries a second`)
  for (const [index, round] of rounds.entries()) {
    const { offeredPerSecond, exits, drainedMs, recoveredMs, mostMb, inUseMb, hops } = round
    lines.push(
      `round ${index + 1}: ${offeredPerSecond} entries a second, all placed after ${Math.round(drainedMs)} ms; stops after ` +
        `${rounded(exits.p50)} ms (p99 ${rounded(exits.p99)} ms); usual again after ${Math.round(recoveredMs)} ms; ${mostMb} MB at most, ${inUseMb} MB in use afterwards`,
      `  ${hops}`,
    )
  }
  lines.push('', ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`))
  return lines.join('\n')
}

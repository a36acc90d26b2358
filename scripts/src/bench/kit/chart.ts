/** Costs by followers as an SVG picture: one panel a cost, both axes in powers of ten. Called by the growth bench. */
import type { Line, Point } from './fit.ts'
import { rounded } from './statistics.ts'

export interface Panel {
  readonly title: string
  readonly points: readonly Point[]
  readonly line: Line
}

const columns = 3
const panelWidth = 300
const panelHeight = 230
const left = 48
const right = 14
const top = 44
const bottom = 34
const steps = 40

export function chartOf(panels: readonly Panel[], caption: string): string {
  const rows = Math.ceil(panels.length / columns)
  const [width, height] = [panelWidth * columns, panelHeight * rows + bottom]
  const drawn = panels.map((panel, index) => {
    const [x, y] = [(index % columns) * panelWidth, Math.floor(index / columns) * panelHeight]
    return `<g transform="translate(${x} ${y})">${panelOf(panel)}</g>`
  })
  const style =
    '.axis{stroke:#8884;stroke-width:1}.fit{fill:none;stroke:#3b82c4;stroke-width:1.5}.dot{fill:#c4663b}' +
    'text{font:11px sans-serif;fill:#777}.title{font-weight:bold}.value{fill:#c4663b}'
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">` +
    `<style>${style}</style>${drawn.join('')}` +
    `<text x="${left}" y="${height - 10}">${escaped(caption)}</text></svg>\n`
  )
}

function panelOf({ title, points, line }: Panel): string {
  const x = scaleOf(
    points.map(({ size }) => size),
    left,
    panelWidth - right,
  )
  const y = scaleOf(
    points.map(({ cost }) => cost),
    panelHeight - bottom,
    top,
  )
  const [least, most] = [x.ends[0], x.ends[1]]
  const curve = Array.from({ length: steps + 1 }, (_, step) => least * (most / least) ** (step / steps))
    .map((size) => ({ size, cost: line.fixed + line.perFollower * size }))
    .filter(({ cost }) => cost >= y.ends[0] && cost <= y.ends[1])
    .map(({ size, cost }) => `${place(x.at(size))},${place(y.at(cost))}`)
  const dots = points.map(({ size, cost }) => {
    const [cx, cy] = [place(x.at(size)), place(y.at(cost))]
    return `<circle class="dot" cx="${cx}" cy="${cy}" r="3"/><text class="value" x="${cx}" y="${Number(cy) - 8}" text-anchor="middle">${rounded(cost)}</text>`
  })
  const fit = `${rounded(line.fixed)} + ${rounded(line.perFollower)} a follower`
  return [
    `<text class="title" x="${left}" y="16">${escaped(title)}</text><text x="${left}" y="30">${fit}</text>`,
    ...x.ticks.map((tick) => axis(x.at(tick), top, x.at(tick), panelHeight - bottom)),
    ...x.ticks.map(
      (tick) => `<text x="${place(x.at(tick))}" y="${panelHeight - bottom + 14}" text-anchor="middle">${tick}</text>`,
    ),
    ...y.ticks.map((tick) => axis(left, y.at(tick), panelWidth - right, y.at(tick))),
    ...y.ticks.map((tick) => `<text x="${left - 5}" y="${place(y.at(tick) + 4)}" text-anchor="end">${tick}</text>`),
    `<polyline class="fit" points="${curve.join(' ')}"/>`,
    ...dots,
  ].join('')
}

interface Scale {
  readonly ends: readonly [number, number]
  readonly ticks: readonly number[]
  at(value: number): number
}

/** Whole powers of ten around the values. */
function scaleOf(values: readonly number[], from: number, to: number): Scale {
  const first = Math.floor(Math.log10(Math.min(...values)))
  const last = Math.max(Math.ceil(Math.log10(Math.max(...values))), first + 1)
  return {
    ends: [10 ** first, 10 ** last],
    ticks: Array.from({ length: last - first + 1 }, (_, step) => Number((10 ** (first + step)).toPrecision(1))),
    at: (value) => from + ((Math.log10(value) - first) / (last - first)) * (to - from),
  }
}

function axis(x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="axis" x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}"/>`
}

function place(value: number): string {
  return value.toFixed(1)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

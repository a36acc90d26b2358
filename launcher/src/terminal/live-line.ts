/**
 * One line that is rewritten in place on a terminal, and printed now and then elsewhere.
 * Called by the demo, the bench and the fault runs. Must never write to standard output, which belongs to results.
 */
import pc from 'picocolors'
import { seconds } from './progress.ts'

const plainEveryMs = 5_000
/** Columns of a line that are neither text nor time. */
const frameColumns = 6

export interface LiveLine {
  show(text: string): void
  /** A line that stays above it. */
  keep(text: string): void
  clear(): void
}

export function liveLine(stream: NodeJS.WriteStream): LiveLine {
  const startedMs = performance.now()
  let shownMs = Number.NEGATIVE_INFINITY
  const elapsed = () => seconds(performance.now() - startedMs)
  if (stream.isTTY) {
    return {
      // What went on to a second row could not be rewritten.
      show(text) {
        const time = elapsed()
        const shown = text.slice(0, Math.max(0, stream.columns - frameColumns - time.length))
        stream.write(`\r\u001B[K  ${pc.cyan('▸')} ${shown} ${pc.dim(time)}`)
      },
      keep: (text) => void stream.write(`\r\u001B[K  ${text}\n`),
      clear: () => void stream.write('\r\u001B[K'),
    }
  }
  return {
    show: (text) => {
      if (performance.now() - shownMs < plainEveryMs) return
      shownMs = performance.now()
      stream.write(`    ${text} (${elapsed()})\n`)
    },
    keep: (text) => void stream.write(`  ${text} (${elapsed()})\n`),
    clear: () => undefined,
  }
}

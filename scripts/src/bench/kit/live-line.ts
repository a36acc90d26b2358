/** One line of progress, rewritten on a terminal and printed now and then elsewhere. Must never touch standard output. */
const plainEveryMs = 10_000

export interface LiveLine {
  show(text: string): void
  clear(): void
}

export function liveLine(): LiveLine {
  const startedMs = performance.now()
  const stream = process.stderr
  let shownMs = Number.NEGATIVE_INFINITY
  return {
    show(text) {
      const elapsed = `${((performance.now() - startedMs) / 1_000).toFixed(0)} s`
      if (stream.isTTY) {
        stream.write(`\r\u001B[K  ${elapsed}  ${text}`.slice(0, stream.columns + 10))
        return
      }
      if (performance.now() - shownMs < plainEveryMs) return
      shownMs = performance.now()
      stream.write(`  ${elapsed}  ${text}\n`)
    },
    clear() {
      if (stream.isTTY) stream.write('\r\u001B[K')
    },
  }
}

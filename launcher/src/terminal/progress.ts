/**
 * Progress of a longer job as events, so that a detached child can send them to the terminal of its parent.
 * Called by `up`, `migrate` and `test`. Must never write to standard output, which belongs to results.
 */
import pc from 'picocolors'

export type ProgressEvent =
  | { readonly kind: 'started'; readonly name: string }
  | { readonly kind: 'note'; readonly name: string; readonly text: string }
  | { readonly kind: 'done'; readonly name: string; readonly detail: string; readonly ms: number }
  | { readonly kind: 'failed'; readonly name: string; readonly ms: number }

export type ProgressSink = (event: ProgressEvent) => void

export interface Step {
  note(text: string): void
}

/** Runs one step and reports it; the detail is what the finished line says. */
export async function runStep<Value>(
  sink: ProgressSink,
  name: string,
  work: (step: Step) => Promise<{ readonly value: Value; readonly detail: string }>,
): Promise<Value> {
  const startedMs = performance.now()
  sink({ kind: 'started', name })
  try {
    const { value, detail } = await work({ note: (text) => sink({ kind: 'note', name, text }) })
    sink({ kind: 'done', name, detail, ms: performance.now() - startedMs })
    return value
  } catch (error) {
    sink({ kind: 'failed', name, ms: performance.now() - startedMs })
    throw error
  }
}

const redrawMs = 100
const reminderMs = 5_000
const nameWidth = 12
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`
}

/** A line per step: redrawn while it runs on a terminal, plain otherwise with a reminder when it takes long. */
export function terminalProgress(stream: NodeJS.WriteStream): ProgressSink {
  return stream.isTTY ? liveProgress(stream) : plainProgress(stream)
}

function finishedLine(event: ProgressEvent & { kind: 'done' | 'failed' }): string {
  const name = event.name.padEnd(nameWidth)
  const time = pc.dim(seconds(event.ms))
  return event.kind === 'done'
    ? `  ${pc.green('✓')} ${name} ${event.detail} ${time}`
    : `  ${pc.red('✗')} ${name} failed ${time}`
}

function liveProgress(stream: NodeJS.WriteStream): ProgressSink {
  let timer: NodeJS.Timeout | undefined
  const clear = (): void => {
    clearInterval(timer)
    stream.write('\r\u001B[K')
  }
  return (event) => {
    if (event.kind === 'started') {
      const startedMs = performance.now()
      let frame = 0
      const draw = (): void => {
        frame += 1
        const elapsed = pc.dim(seconds(performance.now() - startedMs))
        stream.write(
          `\r\u001B[K  ${pc.cyan(frames[frame % frames.length] ?? '')} ${event.name.padEnd(nameWidth)} ${elapsed}`,
        )
      }
      draw()
      timer = setInterval(draw, redrawMs)
      return
    }
    if (event.kind === 'note') {
      stream.write(`\r\u001B[K    ${pc.dim(event.text)}\n`)
      return
    }
    clear()
    stream.write(`${finishedLine(event)}\n`)
  }
}

function plainProgress(stream: NodeJS.WriteStream): ProgressSink {
  let timer: NodeJS.Timeout | undefined
  return (event) => {
    if (event.kind === 'note') {
      stream.write(`    ${event.name}: ${event.text}\n`)
      return
    }
    clearInterval(timer)
    if (event.kind !== 'started') {
      stream.write(`${finishedLine(event)}\n`)
      return
    }
    const startedMs = performance.now()
    timer = setInterval(() => {
      stream.write(`    ${event.name}: still working, ${seconds(performance.now() - startedMs)}\n`)
    }, reminderMs)
  }
}

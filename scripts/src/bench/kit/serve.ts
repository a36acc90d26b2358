/** The child's side of a bench process: named calls over the IPC channel. Called by each process entry of the bench. */

type Handler = (input: never) => unknown

/** Answers calls until the parent is gone; a bench that was killed leaves no process behind. */
export function serve(handlers: Readonly<Record<string, Handler>>): void {
  process.on('message', (message: { id: number; name: string; input: unknown }) => {
    void answer(handlers, message)
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.({ ready: true })
}

async function answer(
  handlers: Readonly<Record<string, Handler>>,
  { id, name, input }: { id: number; name: string; input: unknown },
): Promise<void> {
  try {
    const handler = handlers[name]
    if (handler === undefined) throw new Error(`no call is named ${name}`)
    process.send?.({ id, value: (await handler(input as never)) ?? null })
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

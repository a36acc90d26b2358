/**
 * A failure that the person at the terminal can mend: one sentence, what to do, and the exit code.
 * Thrown anywhere in the launcher and printed by cli.ts; every other error is a bug and shows its stack.
 */
export const exitCodes = { failed: 1, usage: 2, notRunning: 3, alreadyRunning: 4, interrupted: 130 } as const

export class LauncherError extends Error {
  override readonly name = 'LauncherError'

  constructor(
    message: string,
    /** What to do about it; a command where there is one. */
    readonly mend?: string,
    readonly exitCode: number = exitCodes.failed,
  ) {
    super(message)
  }
}

/** Which fields a refusal is about, in words: an API's `details` by name; nothing where it has none. */
export function detailText(details: unknown): string {
  const names = typeof details === 'object' && details !== null ? Object.entries(details) : []
  return names.map(([name, why]) => `; ${name} ${[why].flat().join(', ')}`).join('')
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

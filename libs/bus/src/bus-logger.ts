/** The part of the log that the bus needs; pino's Logger has it. Called by every file here. Must never carry payloads. */
export interface BusLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** An error has a cause of its own where a library wraps one; more levels say nothing new. */
const causesMax = 3

/** The fields that describe an error in a log line: what it is, and because of what. */
export function errorFields(error: unknown): { readonly error: string } {
  return { error: textOf(error, causesMax) }
}

function textOf(error: unknown, causesLeft: number): string {
  if (!(error instanceof Error)) return String(error)
  const text = `${error.name}: ${error.message}`
  return error.cause === undefined || causesLeft === 0 ? text : `${text}; cause: ${textOf(error.cause, causesLeft - 1)}`
}

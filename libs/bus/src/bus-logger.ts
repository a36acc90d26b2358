/** The part of the log that the bus needs; pino's Logger has it. Called by every file here. Must never carry payloads. */
export interface BusLogger {
  debug(fields: object, message: string): void
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** The fields that describe an error in a log line. */
export function errorFields(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) }
}

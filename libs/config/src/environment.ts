/**
 * The process environment. The only module that reads process.env.
 * Called by main files, the launcher and scripts, which hand it on as a value.
 * Must never be read deeper inside: settings reach code as parsed configuration.
 */
export type Environment = Readonly<Record<string, string | undefined>>

export function environment(): Environment {
  return { ...process.env }
}

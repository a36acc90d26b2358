/**
 * The one error of this library: every bad setting at once, by its environment name.
 * Thrown by loadConfig. Must never hold a setting's value, which may be a secret.
 */
export interface ConfigProblem {
  /** The environment name, such as ORDERS_HTTP_PORT. */
  readonly name: string
  /** What is wrong and what is wanted instead. */
  readonly problem: string
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(
    readonly owner: string,
    readonly problems: readonly ConfigProblem[],
  ) {
    const lines = problems.map(({ name, problem }) => `  ${name}: ${problem}`)
    super([`The settings of ${owner} cannot be used:`, ...lines].join('\n'))
  }
}

/**
 * Injection tokens of the values that startService provides to every service.
 * Called by constructors: @InjectConfig() config: OrdersConfig, @InjectLogger() logger: Logger.
 * Must never be used to look something up at run time.
 */
import { Inject } from '@nestjs/common'

/** The service's parsed configuration. */
export const CONFIG = Symbol('CONFIG')
/** The settings that all services share (sharedConfig). */
export const SHARED_CONFIG = Symbol('SHARED_CONFIG')
/** The service's logger; `Logger` is an interface of pino, so it needs a token. */
export const LOGGER = Symbol('LOGGER')

export function InjectConfig(): ParameterDecorator {
  return Inject(CONFIG)
}

export function InjectSharedConfig(): ParameterDecorator {
  return Inject(SHARED_CONFIG)
}

export function InjectLogger(): ParameterDecorator {
  return Inject(LOGGER)
}

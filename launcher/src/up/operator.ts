/**
 * The first user of an installation: made once, with a password that is generated, kept in the home and shown once.
 * Called by `up` when identity runs. Must never change an operator that exists.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { rm } from 'node:fs/promises'
import { Bus } from '@tradewire/bus/connection'
import { RpcClient } from '@tradewire/bus/rpc-client'
import { type ReplyOf } from '@tradewire/contracts/define-rpc'
import { ensureOperator as ensureOperatorRpc } from '@tradewire/contracts/rpc/identity'
import { SystemClock } from '@tradewire/kernel/clock'
import { SystemRandomness } from '@tradewire/kernel/randomness'
import type { Logger } from '@tradewire/observability/logger'
import { type Home, readJson, writePrivateJson } from '../home/home.ts'
import { newSecret } from '../home/secrets.ts'
import { LauncherError } from '../terminal/launcher-error.ts'

export interface OperatorLogin {
  readonly username: string
  readonly password: string
}

export interface EnsuredOperator {
  /** Undefined when an operator exists whose password this home does not know. */
  readonly login: OperatorLogin | undefined
  readonly created: boolean
}

const operatorName = 'operator'
const answerWithinMs = 30_000
const retryMs = 100

export async function ensureOperator(home: Home, natsUrl: string, logger: Logger): Promise<EnsuredOperator> {
  const known = await readJson<OperatorLogin>(home.operatorFile)
  const login = known ?? { username: operatorName, password: newSecret(new SystemRandomness()) }
  // Kept before it is used: if this process ends in between, the password is not lost.
  if (known === undefined) await writePrivateJson(home.operatorFile, login)
  const { created } = await askForOperator(login, natsUrl, logger)
  if (created || known !== undefined) return { login, created }
  await rm(home.operatorFile)
  return { login: undefined, created }
}

/** Asks identity until it answers, within a limit. */
export async function askForOperator(
  login: OperatorLogin,
  natsUrl: string,
  logger: Logger,
): Promise<ReplyOf<typeof ensureOperatorRpc>> {
  const bus = await Bus.connect({ url: natsUrl, name: 'launcher', logger })
  try {
    const client = new RpcClient(bus, new SystemClock())
    const deadlineMs = performance.now() + answerWithinMs
    for (;;) {
      const answer = await client.ask(ensureOperatorRpc, { ...login, email: null })
      if (answer.ok) return answer.value
      // Asking again is safe: an operator that exists is left alone.
      if (answer.error.kind !== 'unavailable' || performance.now() > deadlineMs) {
        throw new LauncherError(`identity did not make the operator: ${answer.error.message} (${answer.error.code})`)
      }
      await delay(retryMs)
    }
  } finally {
    await bus.close()
  }
}

/**
 * @Consume for events and @Answer for questions, on methods of Nest controllers.
 * Called by services' *.consumer.ts and transport/rpc/*.controller.ts. Must never decide acks: the runner does.
 */
import type { EventContract } from '@tradewire/contracts/define-event'
import type { ReplyOf, RequestOf, RpcContract } from '@tradewire/contracts/define-rpc'
import type { Transaction } from '@tradewire/database/transaction'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { EventPattern, MessagePattern } from '@nestjs/microservices'
import type { ConsumedEvent } from './consume/consumer-options.ts'
import { rpcSubjectOf } from './questions/rpc-wire.ts'
import type { Haste } from './streams.ts'

/** Handlers registered for this transport are ours alone: Nest offers them to no other. */
export const busTransport = Symbol('tradewire-bus')

export interface ConsumeOptions<Contract extends EventContract> {
  /** With the service's name before it this is the durable's name and the inbox's key: stable for ever. */
  readonly name: string
  /** Up to this many logical events of waiting messages share one transaction. */
  readonly eventsMax?: number
  /** Transactions at once; 1 when not given. */
  readonly concurrency?: number
  /** Only what its contracts call urgent, or only the rest; both when not given. */
  readonly haste?: Haste
  /** Events that share a key are handled in order, also with concurrency. */
  readonly key?: (event: ConsumedEvent<Contract>) => string | readonly string[]
}

export interface ConsumeExtras {
  readonly contracts: readonly EventContract[]
  readonly options: ConsumeOptions<EventContract>
}

export interface AnswerExtras {
  readonly contract: RpcContract
}

/**
 * What travels through Nest to the method: it carries the outcome back as well, because Nest's exception layer would
 * turn every error into "Internal server error".
 */
export class Call {
  readonly parameters: readonly unknown[]
  outcome: { readonly value: unknown } | undefined
  failure: { readonly error: unknown } | undefined

  constructor(parameters: readonly unknown[]) {
    this.parameters = parameters
  }
}

type Method = (...parameters: never[]) => Promise<unknown>
type MethodDecoratorOf<Constraint extends Method> = <Given extends Constraint>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Given>,
) => TypedPropertyDescriptor<Given> | void

/**
 * The method handles events of these contracts: (events, tx) => Promise<void>. Its writes go through tx; it is called
 * with fresh events only. Throw RetryableError to be called again later; any other error ends in the dead letters.
 */
export function Consume<const Contracts extends EventContract | readonly EventContract[]>(
  contracts: Contracts,
  options: ConsumeOptions<OneOf<Contracts>>,
): MethodDecoratorOf<(events: readonly ConsumedEvent<OneOf<Contracts>>[], tx: Transaction) => Promise<void>> {
  const extras: ConsumeExtras = {
    contracts: (Array.isArray(contracts) ? contracts : [contracts]) as readonly EventContract[],
    options,
  }
  return (target, key, descriptor) => {
    carryOutcome(descriptor)
    const decorate = EventPattern(`consume.${options.name}`, busTransport, { consume: extras })
    decorate(target, key, descriptor as PropertyDescriptor)
    return descriptor
  }
}

/** The method answers a question: (request) => Promise<Result<Reply, CodedError>>. The request is parsed before. */
export function Answer<Contract extends RpcContract>(
  contract: Contract,
): MethodDecoratorOf<(request: RequestOf<Contract>) => Promise<Result<ReplyOf<Contract>, CodedError>>> {
  const extras: AnswerExtras = { contract }
  return (target, key, descriptor) => {
    carryOutcome(descriptor)
    const decorate = MessagePattern(rpcSubjectOf(contract), busTransport, { answer: extras })
    decorate(target, key, descriptor as PropertyDescriptor)
    return descriptor
  }
}

type OneOf<Contracts> = Contracts extends readonly (infer One extends EventContract)[]
  ? One
  : Contracts extends EventContract
    ? Contracts
    : never

/** A Call is unpacked and keeps the outcome; any other caller (a test) reaches the method as it was written. */
function carryOutcome<Given extends Method>(descriptor: TypedPropertyDescriptor<Given>): void {
  const original = descriptor.value as unknown as (...parameters: unknown[]) => Promise<unknown>
  const carrying = async function (this: unknown, ...parameters: unknown[]): Promise<unknown> {
    const [call] = parameters
    if (!(call instanceof Call)) return original.apply(this, parameters)
    try {
      call.outcome = { value: await original.apply(this, [...call.parameters]) }
    } catch (error) {
      call.failure = { error }
    }
    return undefined
  }
  for (const key of Reflect.getMetadataKeys(original)) {
    Reflect.defineMetadata(key, Reflect.getMetadata(key, original), carrying)
  }
  descriptor.value = carrying as unknown as Given
}

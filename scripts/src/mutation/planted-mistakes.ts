/**
 * The mistakes that would cost money, each with the tests that notice it. Called by the mutation gate and its spec.
 * Must never hold a mistake that is none: every one breaks a promise of docs/faults.md or docs/architecture.md.
 */
import type { PlantedMistake } from './planted-mistake.ts'

const simulator = { spec: 'simulator/src/simulator.spec.ts', test: 'breaks no invariant' }

export const plantedMistakes: readonly PlantedMistake[] = [
  {
    name: 'inbox-forgotten',
    about: 'what has had its effect is not remembered: a message that comes again has it again',
    file: 'libs/bus/src/inbox.ts',
    find: 'const inserted = new Set((await tx.query<Row>(rememberSql, keys)).map(keyOfRow))',
    replace: 'const inserted = new Set(whole.map(keyOf))',
    spec: 'libs/bus/src/inbox.int-spec.ts',
  },
  {
    name: 'acknowledged-before-commit',
    about: 'a message is acknowledged before its effect is committed',
    file: 'libs/bus/src/batch-processor.ts',
    find: '    let apart: readonly Delivery[] = []\n',
    replace: '    let apart: readonly Delivery[] = []\n    for (const delivery of rest) this.done(delivery)\n',
    spec: 'libs/bus/src/delivery.int-spec.ts',
  },
  {
    name: 'sent-again-after-a-lost-reply',
    about: 'an order whose reply was lost is sent once more instead of being looked up',
    file: 'services/brokers/src/use-cases/settle-outcome/settle-outcome.use-case.ts',
    find: '        this.unknown(one, error.message)\n        return settled',
    replace: "        return { kind: 'again', afterMs: null }",
    ...simulator,
  },
  {
    name: 'attempt-not-stored',
    about: 'a command is sent without a stored attempt',
    file: 'services/brokers/src/use-cases/take-commands/take-commands.use-case.ts',
    find: `const inserted = await this.log.insert(
        tx,
        batch.fresh.map((one) => this.rowOf(one, batch)),
      )`,
    replace: `const inserted = new Set(
        batch.fresh.map((one) => this.rowOf(one, batch).attempt.command.intentId),
      )`,
    ...simulator,
  },
  {
    name: 'sent-after-the-lease-was-lost',
    about: 'commands of a partition are taken although another process owns it by now',
    file: 'services/brokers/src/use-cases/take-commands/take-commands.use-case.ts',
    find: 'if (!held.has(partition)) throw new PartitionLostError',
    replace: 'if (held.has(-1)) throw new PartitionLostError',
    ...simulator,
  },
  {
    name: 'absent-on-the-first-look',
    about: 'an order is called absent before the read lag of the venue is over',
    file: 'services/brokers/src/domain/absence.ts',
    find: 'const proven = input.absentMs >= input.readLagMs',
    replace: 'const proven = input.absentMs >= 0',
    spec: 'services/brokers/src/domain/absence.spec.ts',
  },
  {
    name: 'refusal-after-a-fill',
    about: 'a filled order is called rejected because a refusal came late',
    file: 'services/brokers/src/domain/attempt.ts',
    find: " || decimal(attempt.filledQuantity).gt(ZERO)) return null\n  return { ...attempt, state: 'rejected'",
    replace: ") return null\n  return { ...attempt, state: 'rejected'",
    spec: 'services/brokers/src/domain/attempt.spec.ts',
  },
  {
    name: 'slot-freed-early',
    about: 'a follow takes its next signal while orders of the last one can still execute',
    file: 'services/orders/src/domain/bracket.ts',
    find: "return (state !== 'closed' && state !== 'failed') || !legs.every(isFinal)",
    replace: "return state !== 'closed' && state !== 'failed' && legs.length > 0",
    spec: 'services/orders/src/domain/bracket.spec.ts',
  },
  {
    name: 'stop-left-too-small',
    about: 'a stop that covers a part of the position is taken for one that covers it',
    file: 'services/orders/src/domain/stops.ts',
    find: 'const fitting = placed.filter((stop) => openQuantity(stop).eq(remaining))',
    replace: 'const fitting = placed.filter((stop) => openQuantity(stop).lte(remaining))',
    spec: 'services/orders/src/domain/advance',
  },
  {
    name: 'old-stop-cancelled-first',
    about: 'the stop that stands is cancelled before the larger one is accepted',
    file: 'services/orders/src/domain/stops.ts',
    find: 'return { ...nothing, submit: [stopDraft(stops.length + 1, position.remaining, prices)] }',
    replace: 'return { ...nothing, cancel: live, submit: [stopDraft(stops.length + 1, position.remaining, prices)] }',
    spec: 'services/orders/src/domain/advance',
  },
  {
    name: 'signal-planned-twice',
    about: 'an alert that is repeated becomes a second signal',
    file: 'services/signals/src/store/sql-signals.store.ts',
    find: '    where known.forget_at < now()\n',
    replace: '',
    spec: 'services/signals/src/alert-intake.int-spec.ts',
    test: 'answers every repetition like the first',
  },
  {
    name: 'secret-not-compared',
    about: 'any secret opens the alert intake',
    file: 'services/signals/src/domain/secret.ts',
    find: 'return current || previous',
    replace: 'return current || previous || given.length > 0',
    spec: 'services/signals/src/alert-intake.int-spec.ts',
    test: 'refuses a wrong secret',
  },
  {
    name: 'positions-of-others-shown',
    about: 'the tenant filter of brackets and positions is dropped',
    file: 'services/orders/src/store/sql-bracket-reads.store.ts',
    find: '`($1::uuid is null or b.user_id = $1',
    replace: '`($1::uuid is null or b.user_id is not null',
    spec: 'services/orders/src/orders.int-spec.ts',
  },
  {
    name: 'accounts-of-others-shown',
    about: 'the tenant filter of broker accounts is dropped',
    file: 'services/brokers/src/use-cases/manage-accounts/manage-accounts.use-case.ts',
    find: 'if (account === null || !maySee(caller, account.userId))',
    replace: 'if (account === null || caller.userId === account.id)',
    spec: 'e2e/src/brokers/placement.e2e-spec.ts',
    test: 'hides an account from others',
  },
]

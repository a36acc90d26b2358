/** `pnpm gen service|use-case|event|broker`: files in the layout of docs/style.md that pass build and check. */
import { Command } from 'commander'
import { repositoryRoot } from '../check/repository.ts'
import { apply, repositoryAt } from './apply.ts'
import { planBroker } from './broker.ts'
import { planEvent } from './event.ts'
import { NameError } from './names.ts'
import type { Plan } from './plan.ts'
import { planService } from './service.ts'
import { planUseCase } from './use-case.ts'

const root = repositoryRoot()
const repository = repositoryAt(root)

function carryOut(plan: Plan): void {
  for (const path of apply(plan, root)) console.log(`wrote  ${path}`)
  console.log('\nnext:')
  for (const [index, step] of plan.next.entries()) console.log(`  ${index + 1}. ${step}`)
}

const program = new Command('gen').description('Write the files of a new part, in the layout of docs/style.md.')
program
  .command('service <name>')
  .description('a service that starts, is healthy and does nothing yet')
  .action((name: string) => carryOut(planService(repository, name)))
program
  .command('use-case <service> <verb-noun>')
  .description('a use case and its spec')
  .action((service: string, name: string) => carryOut(planUseCase(repository, service, name)))
program
  .command('event <owner> <noun.verb>')
  .description('an event contract in libs/contracts')
  .action((owner: string, name: string) => carryOut(planEvent(repository, owner, name)))
program
  .command('broker <venue>')
  .description('an adapter folder in services/brokers')
  .action((venue: string) => carryOut(planBroker(venue)))

try {
  program.parse()
} catch (error) {
  if (!(error instanceof NameError)) throw error
  console.error(error.message)
  process.exitCode = 1
}

/** The names that contracts declare, read from their declarations. Called by the tidy command. */
import ts from 'typescript'
import { allEvents } from '@tradewire/contracts/events/all'
import type { Vocabulary } from './rule.ts'
import { walk, type Source } from './source.ts'

export function vocabularyOf(sources: readonly Source[]): Vocabulary {
  const contracts = sources.filter((source) => source.path.startsWith('libs/contracts/src/rpc/'))
  return {
    eventNames: new Set(allEvents.map((event) => event.name)),
    rpcNames: new Set(contracts.flatMap((source) => rpcNamesIn(source))),
  }
}

/** The `name` of every `defineRpc({ name: '...' })` in the file. */
function rpcNamesIn(source: Source): string[] {
  const names: string[] = []
  walk(source.tree, (node) => {
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'defineRpc') return
    const [contract] = node.arguments
    if (contract === undefined || !ts.isObjectLiteralExpression(contract)) return
    for (const property of contract.properties) {
      if (!ts.isPropertyAssignment(property) || property.name.getText() !== 'name') continue
      if (ts.isStringLiteral(property.initializer)) names.push(property.initializer.text)
    }
  })
  return names
}

/** Style rules 4, 7, 9 and 15: calls and imports that have one home, and those that have none. */
import ts from 'typescript'
import type { Rule, Violation } from '../rule.ts'
import { isShipped, lineOfNode, walk, type Source } from '../source.ts'

interface ForbiddenCall {
  readonly matches: (node: ts.Node) => boolean
  readonly homes: readonly RegExp[]
  readonly message: string
}

function isMember(node: ts.Node, object: string, member: string): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === object &&
    node.name.text === member
  )
}

const FORBIDDEN_CALLS: readonly ForbiddenCall[] = [
  {
    matches: (node) => isMember(node, 'Date', 'now'),
    homes: [/^libs\/kernel\/src\/clock\.ts$/],
    message: 'Date.now(): take the time from an injected Clock',
  },
  {
    matches: (node) =>
      ts.isNewExpression(node) &&
      ts.isIdentifier(node.expression) &&
      node.expression.text === 'Date' &&
      (node.arguments?.length ?? 0) === 0,
    homes: [/^libs\/kernel\/src\/clock\.ts$/],
    message: 'new Date() without an argument: take the time from an injected Clock',
  },
  {
    matches: (node) => isMember(node, 'Math', 'random'),
    homes: [],
    message: 'Math.random(): take it from an injected Randomness',
  },
  {
    matches: (node) =>
      isMember(node, 'Number', 'parseFloat') ||
      (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'parseFloat'),
    homes: [],
    message: 'parseFloat(): amounts are decimals of @tradewire/kernel, settings are parsed by their schema',
  },
  {
    matches: (node) => isMember(node, 'process', 'env'),
    homes: [/^libs\/config\/src\/environment\.ts$/],
    message: 'process.env: settings come through @tradewire/config',
  },
  {
    matches: (node) =>
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      ts.isIdentifier(node.expression.expression) &&
      node.expression.expression.text === 'console',
    homes: [/^launcher\//],
    message: 'console: use the injected logger, which redacts secrets',
  },
]

export const forbiddenCalls: Rule = {
  name: 'forbidden-calls',
  mend: 'inject Clock, Randomness, IdSource, the logger or the parsed config (docs/style.md, rule 15)',
  applies: isShipped,
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    walk(source.tree, (node) => {
      for (const call of FORBIDDEN_CALLS) {
        if (!call.matches(node) || call.homes.some((home) => home.test(source.path))) continue
        found.push({ line: lineOfNode(source, node), message: call.message })
      }
    })
    return found
  },
}

interface ForbiddenImport {
  readonly from: RegExp
  readonly names: readonly string[]
  readonly homes: readonly RegExp[]
  readonly message: string
}

const FORBIDDEN_IMPORTS: readonly ForbiddenImport[] = [
  {
    from: /^(node:)?crypto$/,
    names: ['randomBytes', 'randomUUID', 'randomInt', 'randomFillSync', 'getRandomValues'],
    homes: [/^libs\/kernel\/src\//],
    message: 'take randomness from an injected Randomness and ids from an injected IdSource',
  },
  {
    from: /^@nestjs\//,
    names: ['forwardRef', 'ModuleRef', 'LazyModuleLoader'],
    homes: [/^libs\/nest-kit\/src\//],
    message: 'hides a cycle: break it with an event, a port, or by moving the function down',
  },
  {
    from: /^@nestjs\/microservices/,
    names: ['ClientNats', 'ServerNats', 'NatsOptions', 'NatsContext', 'NatsRecordBuilder'],
    homes: [],
    message: 'Nest’s NATS transport delivers at most once and does not acknowledge: use @tradewire/bus',
  },
  {
    from: /^@nestjs\/microservices/,
    names: [
      'EventPattern',
      'MessagePattern',
      'ClientProxy',
      'ClientProxyFactory',
      'ClientsModule',
      'Client',
      'Transport',
    ],
    homes: [/^libs\/bus\/src\//, /^libs\/nest-kit\/src\//],
    message: 'events go through the outbox and @Consume, questions through @Answer and RpcClient',
  },
  {
    from: /^@nestjs\/common$/,
    names: ['All', 'Delete', 'Get', 'Head', 'Options', 'Patch', 'Post', 'Put', 'Search', 'Sse'],
    homes: [],
    message: 'nobody documents it, limits it or says who may call it: a route is data, defineRoute of libs/contracts',
  },
]

export const forbiddenImports: Rule = {
  name: 'forbidden-imports',
  mend: 'see docs/style.md, rules 4, 7, 9 and 15',
  applies: isShipped,
  check(source: Source): readonly Violation[] {
    return source.tree.statements.filter(ts.isImportDeclaration).flatMap((statement) => checkImport(source, statement))
  },
}

function checkImport(source: Source, statement: ts.ImportDeclaration): Violation[] {
  const from = ts.isStringLiteral(statement.moduleSpecifier) ? statement.moduleSpecifier.text : ''
  const bindings = statement.importClause?.namedBindings
  if (bindings === undefined || !ts.isNamedImports(bindings)) return []
  const found: Violation[] = []
  for (const element of bindings.elements) {
    const name = (element.propertyName ?? element.name).text
    for (const forbidden of FORBIDDEN_IMPORTS) {
      if (!forbidden.from.test(from) || !forbidden.names.includes(name)) continue
      if (forbidden.homes.some((home) => home.test(source.path))) continue
      found.push({ line: lineOfNode(source, element), message: `${name}: ${forbidden.message}` })
    }
  }
  return found
}

export const noNestNats: Rule = {
  name: 'no-nest-nats',
  mend: 'append events in the transaction and consume them with @Consume of @tradewire/bus (docs/style.md, rule 7)',
  applies: (source) => ['libs', 'services', 'launcher'].includes(source.area),
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    walk(source.tree, (node) => {
      if (isMember(node, 'Transport', 'NATS')) {
        found.push({
          line: lineOfNode(source, node),
          message: 'Transport.NATS delivers at most once and does not acknowledge',
        })
      }
    })
    return found
  },
}

export const noLazyImport: Rule = {
  name: 'no-lazy-import',
  mend: 'import it at the top of the file; a cycle is broken with an event or a port',
  applies: (source) => isShipped(source) && source.area !== 'launcher',
  check(source: Source): readonly Violation[] {
    const found: Violation[] = []
    walk(source.tree, (node) => {
      if (isLazyImport(node)) {
        found.push({ line: lineOfNode(source, node), message: 'a lazy import hides what the file needs' })
      }
    })
    return found
  },
}

/** Only our own modules can form a cycle with us; a heavy foreign package may be loaded when it is needed. */
function isLazyImport(node: ts.Node): boolean {
  if (!ts.isCallExpression(node) || node.expression.kind !== ts.SyntaxKind.ImportKeyword) return false
  const [from] = node.arguments
  return from !== undefined && ts.isStringLiteralLike(from) && /^(\.|#|@tradewire\/)/.test(from.text)
}

/** Style rules 6 and "one use case = one class = one execute": names are declared once, use cases have one door. */
import ts from 'typescript'
import type { Rule, Violation, Vocabulary } from '../rule.ts'
import { lineOfNode, walk, type Source } from '../source.ts'

export const noSubjectLiterals: Rule = {
  name: 'no-subject-literals',
  mend: 'import the contract of @tradewire/contracts and use its name, or subjectOf(contract)',
  applies: (source) =>
    !source.isTest && ['libs', 'services', 'launcher'].includes(source.area) && source.owner !== 'contracts',
  check(source: Source, vocabulary: Vocabulary): readonly Violation[] {
    const found: Violation[] = []
    walk(source.tree, (node) => {
      if (!ts.isStringLiteral(node) && !ts.isNoSubstitutionTemplateLiteral(node) && !ts.isTemplateHead(node)) return
      if (!isSubject(node.text, vocabulary)) return
      found.push({ line: lineOfNode(source, node), message: `"${node.text}" is the name of a contract` })
    })
    return found
  },
}

function isSubject(text: string, { eventNames, rpcNames }: Vocabulary): boolean {
  if (eventNames.has(text) || rpcNames.has(text)) return true
  if (text.startsWith('rpc.') && rpcNames.has(text.slice('rpc.'.length))) return true
  return [...eventNames].some((name) => text.startsWith(`${name}.`) && /^[\w*>.]*$/.test(text))
}

/** How many public methods a use case has is a matter of the ratchet; a lone one is called execute. */
export const oneExecute: Rule = {
  name: 'one-execute',
  mend: 'one use case is one class with one public method, execute; pure parts go to domain/',
  applies: isUseCase,
  check(source: Source): readonly Violation[] {
    const open = publicMethodsOf(source).map((method) => method.name.getText())
    if (open.length > 1 || open[0] === 'execute') return []
    return [{ line: 1, message: open.length === 0 ? 'no public method' : `its public method is called ${open.join()}` }]
  },
}

function isUseCase(source: Source): boolean {
  return /\/use-cases\/.*\.use-case\.ts$/.test(source.path)
}

/** The public methods of all exported classes of a use-case file; none elsewhere. */
export function publicMethodsOf(source: Source): ts.MethodDeclaration[] {
  if (!isUseCase(source)) return []
  return source.tree.statements.filter(ts.isClassDeclaration).filter(isExported).flatMap(publicMethods)
}

function isExported(declaration: ts.ClassDeclaration): boolean {
  return declaration.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false
}

function publicMethods(declaration: ts.ClassDeclaration): ts.MethodDeclaration[] {
  return declaration.members.filter(ts.isMethodDeclaration).filter((method) => {
    const hidden = [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword]
    return !ts.isPrivateIdentifier(method.name) && !method.modifiers?.some(({ kind }) => hidden.includes(kind))
  })
}

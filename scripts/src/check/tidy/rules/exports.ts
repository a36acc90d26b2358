/** Style rule 5: no barrels, no default exports; a lib publishes subpaths. */
import ts from 'typescript'
import type { Rule, Violation } from '../rule.ts'
import { lineOfNode, type Source } from '../source.ts'

export const noDefaultExport: Rule = {
  name: 'no-default-export',
  mend: 'export it by its name',
  applies: (source) => source.path.includes('/src/'),
  check(source: Source): readonly Violation[] {
    return source.tree.statements
      .filter((statement) => ts.isExportAssignment(statement) || hasDefaultModifier(statement))
      .map((statement) => ({
        line: lineOfNode(source, statement),
        message: 'a default export has no name to search for',
      }))
  },
}

function hasDefaultModifier(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? ts.getModifiers(statement) : undefined
  return modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword) ?? false
}

export const noBarrel: Rule = {
  name: 'no-barrel',
  mend: 'import from the file that declares it; a package publishes subpaths in its exports',
  applies: (source) => source.path.includes('/src/'),
  check(source: Source): readonly Violation[] {
    const passedOn = source.tree.statements.filter(
      (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined,
    )
    const rest = source.tree.statements.filter(
      (statement) => !ts.isImportDeclaration(statement) && !passedOn.includes(statement),
    )
    const stars = passedOn.filter(
      (statement) => ts.isExportDeclaration(statement) && statement.exportClause === undefined,
    )
    if (passedOn.length > 0 && rest.length === 0)
      return [{ line: 1, message: 'the file only passes on what others declare' }]
    return stars.map((statement) => ({
      line: lineOfNode(source, statement),
      message: '`export *` hides what is exported',
    }))
  },
}

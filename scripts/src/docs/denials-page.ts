/** The generated page of why a follower gets no order: each code with its fields. Called by the docs command. */
import type { DenialDefinition } from '@tradewire/contracts/denials/define-denial'
import { generated } from './pages.ts'
import { cell, fieldRows, jsonSchemaOf } from './schema-words.ts'

export function denialsPage(denials: Readonly<Record<string, DenialDefinition>>): string {
  return [
    '# Denials',
    generated,
    'Why a follower got no order. The code is stable; the context holds the figures that led to it, always the same fields for the same code.\n' +
      'An order carries it as `denial`: `{"code", "message", "fix", "context"}`, and its explanation names the check that decided.',
    ...Object.entries(denials)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([code, definition]) => denialSection(code, definition)),
  ].join('\n\n')
}

function denialSection(code: string, { message, fix, context }: DenialDefinition): string {
  const rows = fieldRows(jsonSchemaOf(context, 'output')).map(
    ({ name, type, about }) => `| \`${name}\` | ${cell(type)} | ${cell(about)} |`,
  )
  return [`## ${code}`, `${message} ${fix}`, ['| context | type | |', '|---|---|---|', ...rows].join('\n')].join('\n\n')
}

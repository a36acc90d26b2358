/** `pnpm gen use-case SERVICE VERB-NOUN`. Called by the gen command. Must never write a use case that claims to work. */
import { nameOf, NameError, verbNounOf } from './names.ts'
import type { Plan, Repository } from './plan.ts'

export function planUseCase(repository: Repository, serviceText: string, nameText: string): Plan {
  const service = nameOf(serviceText)
  const name = verbNounOf(nameText)
  if (repository.read(`services/${service.kebab}/package.json`) === undefined) {
    throw new NameError(`there is no service ${service.kebab}: pnpm gen service ${service.kebab} makes one`)
  }
  const folder = `services/${service.kebab}/src/use-cases/${name.kebab}`
  const code = `/** Use case "${name.words}". Called by the transport of \`${service.kebab}\`. Must never import store, clients or transport. */
import { Injectable } from '@nestjs/common'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'

export interface ${name.pascal}Input {
  readonly id: string
}

@Injectable()
export class ${name.pascal} {
  /** Open the unit of work, load, ask the domain, save, append events; a refusal is a value of the service's error table. */
  execute(input: ${name.pascal}Input): Promise<Result<undefined, CodedError>> {
    return Promise.reject(new Error(\`${name.kebab} is not written yet (asked for \${input.id})\`))
  }
}
`
  const spec = `import { describe, expect, it } from 'vitest'
import { ${name.pascal} } from './${name.kebab}.use-case.ts'

describe('${name.words}', () => {
  it('claims nothing until it is written', async () => {
    await expect(new ${name.pascal}().execute({ id: 'any' })).rejects.toThrow('not written yet')
  })
})
`
  return {
    files: [
      { path: `${folder}/${name.kebab}.use-case.ts`, text: code },
      { path: `${folder}/${name.kebab}.spec.ts`, text: spec },
    ],
    edits: [],
    next: [
      `say in its domain what may happen, then write ${folder}/${name.kebab}.use-case.ts and its spec`,
      `list ${name.pascal} in services/${service.kebab}/src/app.module.ts and call it from one transport file`,
    ],
  }
}

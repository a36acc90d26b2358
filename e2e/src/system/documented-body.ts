/** The example that the API document shows for the body of a route. Called by specs that declarations make. Must never invent one. */
import type { RouteContract } from '@tradewire/contracts/define-route'
import { buildOpenApi } from '@tradewire/contracts/openapi/openapi'

type Paths = Readonly<
  Record<string, Readonly<Record<string, { requestBody?: { content: Record<string, { example?: object }> } }>>>
>

export function documentedBody(route: RouteContract): object | undefined {
  const { paths } = buildOpenApi([route]) as unknown as { readonly paths: Paths }
  return paths[route.path]?.[route.method.toLowerCase()]?.requestBody?.content['application/json']?.example
}

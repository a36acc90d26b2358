/** Stripe's bracketed form fields as nested values: `items[0][price]=p` becomes {items: [{price: 'p'}]}. Called for each request. */

type Value = string | Node
interface Node {
  [key: string]: Value
}

const keysMax = 200
const KEY = /^([^[\]]+)((?:\[[^[\]]*\])*)$/

/** Undefined for a key that is none. */
export function readForm(text: string): Readonly<Record<string, unknown>> | undefined {
  const root: Node = Object.create(null) as Node
  let count = 0
  for (const [key, value] of new URLSearchParams(text)) {
    const [, first, rest = ''] = KEY.exec(key) ?? []
    count += 1
    if (first === undefined || count > keysMax) return undefined
    const path = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, part]) => part ?? '')]
    if (!put(root, path, value)) return undefined
  }
  return root
}

function put(root: Node, path: readonly string[], value: string): boolean {
  let node = root
  for (const part of path.slice(0, -1)) {
    const inner = (node[part] ??= Object.create(null) as Node)
    if (typeof inner === 'string') return false
    node = inner
  }
  node[path.at(-1)!] = value
  return true
}

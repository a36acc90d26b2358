/**
 * Compares a reply with what a document shows of it. Called by specs of surfaces that follow a document.
 * Must never accept a field that the document does not have, unless the spec names it.
 */

/**
 * `string`, `number`, `boolean`, `null` or several with `|` between; objects and lists of them. A name with `?` at its
 * end may be absent, and `*` stands for any name.
 */
export type Shape = string | readonly Shape[] | { readonly [name: string]: Shape }

export interface Leeway {
  /** Fields besides the documented ones, by their path without positions: `items.secret`. */
  readonly added?: readonly string[]
  /** Documented fields that may be null although no example shows it. */
  readonly nullable?: readonly string[]
  /** Documented fields that may be absent although every example shows them. */
  readonly absent?: readonly string[]
}

/** What is different, one line each; none when the reply has the shape. */
export function differences(shape: Shape, value: unknown, leeway: Leeway = {}, path = ''): string[] {
  if (value === null && typeof shape !== 'string') return leeway.nullable?.includes(path) ? [] : [`${path} is null`]
  if (typeof shape === 'string') return differsFrom(shape, value, leeway, path)
  if (Array.isArray(shape)) {
    if (!Array.isArray(value)) return [`${path} is no list`]
    const [each] = shape as readonly Shape[]
    if (each === undefined) return value.length === 0 ? [] : [`${path} is not empty`]
    return value.flatMap((item) => differences(each, item, leeway, path))
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} is no object`]
  return inObject(shape as Readonly<Record<string, Shape>>, value as Record<string, unknown>, leeway, path)
}

function differsFrom(types: string, value: unknown, leeway: Leeway, path: string): string[] {
  const type = value === null ? 'null' : typeof value
  if (types.split('|').includes(type) || (type === 'null' && leeway.nullable?.includes(path))) return []
  return [`${path} is ${type} and not ${types}`]
}

function inObject(
  shape: Readonly<Record<string, Shape>>,
  value: Record<string, unknown>,
  leeway: Leeway,
  path: string,
): string[] {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  const any = shape['*']
  if (any !== undefined) return Object.values(value).flatMap((each) => differences(any, each, leeway, at('*')))
  const known = new Set(Object.keys(shape).map((name) => name.replace(/\?$/, '')))
  const unknown = Object.keys(value).filter((name) => !known.has(name) && !leeway.added?.includes(at(name)))
  const differing = Object.entries(shape).flatMap(([name, member]) => {
    const plain = name.replace(/\?$/, '')
    if (plain in value) return differences(member, value[plain], leeway, at(plain))
    return name.endsWith('?') || leeway.absent?.includes(at(plain)) ? [] : [`${at(plain)} is missing`]
  })
  return [...unknown.map((name) => `${at(name)} is not documented`), ...differing]
}

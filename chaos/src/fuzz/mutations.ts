/**
 * Wrong turns of a JSON value: one place of it is replaced, left out or added to by what programs trip over.
 * Called by the request maker. Pure but for the randomness passed in; a seed always makes the same.
 */
import type { Randomness } from '@tradewire/kernel/randomness'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

const longText = 'x'.repeat(10_000)
const nestingDepth = 60

/** What has broken parsers, databases and arithmetic elsewhere. */
const nasty: readonly Json[] = [
  null,
  true,
  0,
  -1,
  0.1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  '',
  ' ',
  'NaN',
  'Infinity',
  '1e400',
  '-0',
  '0x10',
  '1,5',
  '00000000-0000-0000-0000-000000000000',
  '2026-02-30T25:61:00Z',
  `it's "quoted"; drop table x; --`,
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '\u0000',
  '\ud800',
  '\u202e\u{1f4a5}é',
  '${jndi:ldap://x}',
  longText,
  [],
  {},
  [null],
  nested(),
]
const strangeKeys = ['__proto__', 'constructor', 'admin', 'userId', 'roles', '', longText]

function nested(): Json {
  let value: Json = 1
  for (let depth = 0; depth < nestingDepth; depth += 1) value = depth % 2 === 0 ? [value] : { a: value }
  return value
}

export function pick<Item>(items: readonly Item[], randomness: Randomness): Item {
  return items[Math.floor(randomness.fraction() * items.length)]!
}

/** The value with one wrong turn somewhere in it. */
export function mutated(value: Json, randomness: Randomness): Json {
  if (Array.isArray(value) && value.length > 0 && randomness.fraction() < 0.7) {
    const at = Math.floor(randomness.fraction() * value.length)
    return value.map((item: Json, index) => (index === at ? mutated(item, randomness) : item))
  }
  if (!isRecord(value) || randomness.fraction() < 0.1) return pick(nasty, randomness)
  const keys = Object.keys(value)
  const turn = randomness.fraction()
  if (keys.length === 0 || turn < 0.15) return withKey(value, pick(strangeKeys, randomness), pick(nasty, randomness))
  const key = pick(keys, randomness)
  if (turn < 0.3) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key))
  return withKey(value, key, mutated(value[key]!, randomness))
}

function withKey(record: { readonly [key: string]: Json }, key: string, value: Json): Json {
  // Not a spread: `__proto__` shall travel as a key.
  return Object.fromEntries([...Object.entries(record), [key, value]])
}

export function isRecord(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

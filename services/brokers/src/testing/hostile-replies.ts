/**
 * Replies of a venue that is broken or means harm: cut short, of another form, huge, and good ones with one thing wrong.
 * Called by the hostile specs of all adapters. Must never make a reply that a good venue would send by chance only.
 */
import { environment } from '@tradewire/config/environment'
import fc from 'fast-check'

/** So many replies each protocol is tried with; set HOSTILE_REPLIES for more or less. */
export const hostileReplies = Number(environment()['HOSTILE_REPLIES'] ?? 10_000)

const nestedLevels = 2_000
const longText = 'x'.repeat(200_000)
const manyDigits = '9'.repeat(400)

const garbage: readonly string[] = [
  '',
  ' ',
  '{',
  '}',
  '[]',
  '[[]]',
  'null',
  'true',
  '0',
  '"words"',
  'NaN',
  '<html><body>502 Bad Gateway</body></html>',
  '\u0000\uFFFF',
  '{"__proto__":{"ok":true},"constructor":null}',
  `${'{"a":'.repeat(nestedLevels)}1${'}'.repeat(nestedLevels)}`,
  '['.repeat(nestedLevels),
  JSON.stringify({ data: longText, msg: longText }),
  JSON.stringify({ data: Array(3_000).fill(0), orders: Array(3_000).fill({}) }),
  `{"orderId":${manyDigits},"code":${manyDigits},"status":1e999}`,
]

const leaf = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.integer(),
  fc.double(),
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    {},
    [],
    '',
    '0',
    '-1',
    '-0.5',
    '1e9',
    'Infinity',
    manyDigits,
    '0x10',
    '１',
  ),
  fc.constantFrom<unknown>(-1, 1e21, Number.MAX_SAFE_INTEGER, { a: 1 }, [[]], [null], '__proto__', '\u0000'),
)

/** Where a value stands in a reply: each step picks among what is there. */
const path = fc.array(fc.nat(30), { minLength: 1, maxLength: 6 })

/** The reply with one value in it replaced, left out or doubled. */
function changed(reply: unknown, [step, ...rest]: readonly number[], value: unknown, kind: number): unknown {
  if (step === undefined || typeof reply !== 'object' || reply === null) return value
  const keys = Object.keys(reply)
  const key = keys[step % Math.max(keys.length, 1)]
  if (key === undefined) return value
  const inner = (reply as Record<string, unknown>)[key]
  const deeper = rest.length > 0 && typeof inner === 'object' && inner !== null
  const next = deeper ? changed(inner, rest, value, kind) : value
  if (Array.isArray(reply)) return kind === 1 ? [...reply, next] : reply.with(Number(key), next)
  const others = Object.fromEntries(Object.entries(reply).filter(([name]) => name !== key))
  return !deeper && kind === 2 ? others : { ...reply, [key]: next }
}

/** Texts that the given good replies have become. */
export function hostileTexts(good: readonly unknown[]): fc.Arbitrary<string> {
  const texts = good.map((reply) => JSON.stringify(reply))
  const cut = fc
    .tuple(fc.constantFrom(...texts), fc.nat(10_000))
    .map(([text, at]) => text.slice(0, at % Math.max(text.length, 1)))
  const wrong = fc
    .tuple(fc.constantFrom(...good), path, leaf, fc.nat(2))
    .map(([reply, steps, value, kind]) => JSON.stringify(changed(reply, steps, value, kind)))
  const twiceWrong = fc
    .tuple(fc.constantFrom(...good), path, leaf, path, leaf)
    .map(([reply, first, one, second, other]) =>
      JSON.stringify(changed(changed(reply, first, one, 0), second, other, 0)),
    )
  return fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...garbage) },
    { weight: 2, arbitrary: fc.string() },
    { weight: 3, arbitrary: cut },
    { weight: 8, arbitrary: wrong },
    { weight: 4, arbitrary: twiceWrong },
  )
}

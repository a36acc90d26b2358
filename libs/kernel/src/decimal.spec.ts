import { Big } from 'big.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Decimal, decimal, isDecimalText, maximum, minimum, price, quantity, roundToStep, sum } from './decimal.ts'

/** Another implementation, to the same rules: strict, thirty places, plain text. */
const Other = Big()
Other.strict = true
Other.DP = 30
Other.NE = -1_000
Other.PE = 1_000

const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`))
/** Around the largest safe integer as well, where numbers end and bigints begin. */
const whole = fc.oneof(
  digits(4),
  digits(15),
  digits(30),
  fc.constantFrom('9007199254740991', '9007199254740992', '9007199254740993', '900719925474099'),
)
const text = fc
  .tuple(fc.constantFrom('', '-'), whole, fc.option(digits(20)))
  .map(([sign, before, behind]) => `${sign}${before}${behind === null ? '' : `.${behind}`}`)

const runs = { numRuns: 3_000 }

function agree(mine: Decimal, other: Big): void {
  expect(mine.toString()).toBe(other.toString())
  // Equal values have equal fields, however they came about.
  expect(mine).toEqual(new Decimal(mine.toString()))
}

describe('Decimal', () => {
  it('reads and writes as another implementation does, and so it is in JSON', () => {
    fc.assert(
      fc.property(text, (one) => {
        agree(new Decimal(one), new Other(one))
        expect(JSON.stringify({ one: new Decimal(one) })).toBe(JSON.stringify({ one: new Other(one).toString() }))
      }),
      runs,
    )
  })

  it('adds, subtracts, multiplies and compares exactly', () => {
    fc.assert(
      fc.property(text, text, (one, two) => {
        const [mine, other] = [new Decimal(one), new Other(one)]
        agree(mine.plus(two), other.plus(two))
        agree(mine.minus(two), other.minus(two))
        agree(mine.times(two), other.times(two))
        agree(mine.abs(), other.abs())
        agree(mine.neg(), other.neg())
        expect(mine.cmp(two)).toBe(other.cmp(two))
        expect(mine.eq(two)).toBe(other.eq(two))
        expect([mine.lt(two), mine.lte(two), mine.gt(two), mine.gte(two)]).toEqual([
          other.lt(two),
          other.lte(two),
          other.gt(two),
          other.gte(two),
        ])
      }),
      runs,
    )
  })

  it('compares what is equal as equal, however it is written, and nothing else', () => {
    const compared = (one: string, two: string) => {
      const [left, right] = [new Decimal(one), new Decimal(two)]
      return [left.cmp(right), left.eq(right), left.lt(right), left.lte(right), left.gt(right), left.gte(right)]
    }
    const equal = [0, true, false, true, false, true]
    for (const [one, two] of [
      ['0', '-0.00'],
      ['1.5', '1.50'],
      ['-7', '-7.0'],
      ['9007199254740993', '9007199254740993.0'],
    ] as const) {
      expect(compared(one, two)).toEqual(equal)
    }
    expect(compared('15', '1.5')).toEqual([1, false, false, false, true, true])
    expect(compared('-1.5', '1.5')).toEqual([-1, false, true, true, false, false])
    fc.assert(
      fc.property(text, (one) => {
        expect(compared(one, one)).toEqual(equal)
      }),
    )
  })

  it('divides to thirty places, rounded half up, and counts whole parts towards zero', () => {
    const divisor = text.filter((one) => !new Other(one).eq('0'))
    fc.assert(
      fc.property(text, divisor, (one, two) => {
        agree(new Decimal(one).div(two), new Other(one).div(two))
        agree(new Decimal(one).mod(two), new Other(one).mod(two))
        const wholes = new Decimal(one).wholes(two)
        expect(wholes.round(0)).toEqual(wholes)
        agree(wholes.times(two).plus(new Decimal(one).mod(two)), new Other(one))
      }),
      runs,
    )
  })

  it('rounds in each of the four ways', () => {
    const nearHalf = fc.tuple(text, fc.constantFrom('', '5', '50', '49', '51')).map(([one, end]) => {
      return one.includes('.') ? `${one}${end}` : `${one}.${end}0`
    })
    const ways = [Decimal.roundDown, Decimal.roundHalfUp, Decimal.roundHalfEven, Decimal.roundUp] as const
    fc.assert(
      fc.property(nearHalf, fc.integer({ min: 0, max: 24 }), (one, places) => {
        for (const way of ways) agree(new Decimal(one).round(places, way), new Other(one).round(places, way))
        expect(new Decimal(one).toFixed(places).replace(/^-(?=[0.]+$)/, '')).toBe(
          new Other(one).toFixed(places).replace(/^-(?=[0.]+$)/, ''),
        )
      }),
      runs,
    )
  })

  it('takes powers, bigints and exponents', () => {
    expect(new Decimal('10').pow(0).toString()).toBe('1')
    expect(new Decimal('10').pow(20).toString()).toBe('100000000000000000000')
    expect(new Decimal(12_345_678_901_234_567_890n).toString()).toBe('12345678901234567890')
    expect(new Decimal('1.5e-7').toString()).toBe('0.00000015')
    expect(new Decimal('-2.50E3').toString()).toBe('-2500')
    expect(new Decimal('-12345678901234567890.5').toString()).toBe('-12345678901234567890.5')
    expect(new Decimal('1e1000').toString()).toHaveLength(1_001)
    expect(new Decimal(new Decimal('1.5')).toString()).toBe('1.5')
  })

  it('refuses numbers, text that is none, a division by zero and a comparison as numbers', () => {
    const number = 1 as unknown as string
    for (const refused of [number, '', '-', '.', '1e', '1,5', ' 1', '0x10', 'NaN', 'Infinity', '1e1001']) {
      expect(() => new Decimal(refused)).toThrow()
    }
    expect(() => decimal('1').plus(number)).toThrow(TypeError)
    expect(() => decimal('1').div('0')).toThrow('division by zero')
    expect(() => decimal('1').wholes('0.0')).toThrow('division by zero')
    expect(() => decimal('1') < decimal('2')).toThrow(TypeError)
  })
})

describe('prices and quantities', () => {
  it('are positive, and not negative', () => {
    expect(price('0.1').toString()).toBe('0.1')
    expect(price(decimal('0.1')).toString()).toBe('0.1')
    expect(quantity('0').toString()).toBe('0')
    expect(quantity(decimal('2')).toString()).toBe('2')
    for (const refused of ['0', '-1']) {
      expect(() => price(refused)).toThrow('a price must be greater than zero')
      expect(() => price(new Decimal(refused))).toThrow(RangeError)
    }
    expect(() => quantity('-0.1')).toThrow('a quantity must not be negative')
    expect(() => quantity(decimal('-0.1'))).toThrow(RangeError)
    expect(() => price('1e3')).toThrow('not a decimal: 1e3')
  })

  it('have a least, a most and a sum', () => {
    const [low, middle, high] = [decimal('-1'), decimal('0.5'), decimal('2')]
    expect(minimum(middle, low, high)).toBe(low)
    expect(minimum(middle)).toBe(middle)
    expect(maximum(middle, high, low)).toBe(high)
    expect(sum([low, middle, high]).toString()).toBe('1.5')
    expect(sum([]).toString()).toBe('0')
  })
})

describe('decimal', () => {
  it('takes plain text only, with at most thirty digits on either side', () => {
    expect(isDecimalText('123.450')).toBe(true)
    for (const refused of ['1e3', '+1', '01', '.5', '5.', `1${'0'.repeat(30)}`]) {
      expect(() => decimal(refused)).toThrow(RangeError)
    }
  })

  it('rounds to the nearest step, halves away from zero', () => {
    expect(roundToStep(decimal('0.25'), decimal('0.1')).toString()).toBe('0.3')
    expect(roundToStep(decimal('-0.25'), decimal('0.1')).toString()).toBe('-0.3')
  })
})

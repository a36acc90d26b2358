import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkAlert } from './alert.ts'
import { readAlertText } from './alert-text.ts'
import { dedupeKeyOf } from './dedupe.ts'

const documented = {
  strategy: '61b79e6d-7e22-4f91-b508-ef5be6a21419',
  secret: 'secret',
  orderPrice: '19286.5',
  callbackRate: '2',
  trailingTrigger: '95',
  winRate: '49.55',
  type: 'buy',
  stop: '19280.4',
  stopType: 'Limit',
  takeProfit: 'NaN',
  takeProfitPrice1: '19288',
  takeProfitPrice2: '19289.5',
  takeProfitPrice3: '19291.1',
}

function problemsOf(changes: Record<string, unknown>) {
  const checked = checkAlert({ ...documented, ...changes })
  return checked.ok ? [] : checked.error.map(({ param, msg }) => `${param}: ${msg}`)
}

describe('an alert', () => {
  it('is read as the document shows it', () => {
    expect(checkAlert(documented)).toEqual({
      ok: true,
      value: {
        strategyId: documented.strategy,
        secret: 'secret',
        side: 'buy',
        price: '19286.5',
        stop: { price: '19280.4', type: 'limit' },
        targets: ['19288', '19289.5', '19291.1'],
        trailing: { triggerPercent: '95', callbackRatePercent: '2' },
        winRate: '49.55',
        alertId: null,
      },
    })
  })

  it('may carry numbers, text, NaN, null and both names of the targets', () => {
    const checked = checkAlert({
      ...documented,
      orderPrice: 19286.5,
      takeProfit: null,
      takeProfit1: 19288,
      takeProfitPrice1: '19288.0',
      takeProfitPrice2: '',
      trailingTrigger: 'NaN',
      callbackRate: null,
    })
    expect(checked).toMatchObject({ ok: true, value: { targets: ['19288', '19291.1'], trailing: null } })
  })

  it('is refused in the words and order of the document', () => {
    expect(problemsOf({ strategy: 'x', orderPrice: 'NaN', type: 'hold', stop: 0, stopType: 'pegged' })).toEqual([
      'strategy: must be UUID',
      'orderPrice: must be greater than 0',
      'type: must be supported trade side',
      'stop: must be greater than 0',
      'stopType: must be supported order type',
    ])
  })

  it('without any target names all four', () => {
    const none = { takeProfit: 'NaN', takeProfitPrice1: null, takeProfitPrice2: '', takeProfitPrice3: undefined }
    const checked = checkAlert({ ...documented, ...none })
    expect(checked.ok ? [] : checked.error).toEqual([
      {
        msg: 'must include at least one takeProfit',
        param: '_error',
        nestedErrors: ['takeProfit', 'takeProfit1', 'takeProfit2', 'takeProfit3'].map((param) => ({
          msg: 'must be greater than 0',
          param,
          location: 'body',
        })),
      },
    ])
  })

  it.each([
    [{ takeProfitPrice2: '-5' }, 'takeProfitPrice2: must be greater than 0'],
    [{ takeProfit1: '19287.5' }, 'takeProfitPrice1: must not contradict takeProfit1'],
    [{ stop: '19290' }, 'stop: must be below orderPrice'],
    [{ takeProfitPrice1: '19000' }, 'takeProfitPrice1: must be above orderPrice'],
    [{ callbackRate: 'NaN' }, 'callbackRate: must be used with trailingTrigger'],
    [{ trailingTrigger: null }, 'trailingTrigger: must be used with callbackRate'],
    [{ winRate: 'often' }, 'winRate: must be between 0 and 100'],
    [{ orderPrice: 1e308 }, 'orderPrice: must be greater than 0'],
    [{ orderPrice: '1e5' }, 'orderPrice: must be greater than 0'],
    [{ orderPrice: { $gt: 0 } }, 'orderPrice: must be greater than 0'],
    [{ secret: 5 }, 'secret: must be given'],
  ])('with %j is refused', (changes, problem) => {
    expect(problemsOf(changes)).toContain(problem)
  })

  it('never makes a check throw, whatever its fields hold', () => {
    const names = fc.constantFrom(...Object.keys(documented))
    fc.assert(
      fc.property(fc.dictionary(names, fc.anything()), (changes) => {
        checkAlert({ ...documented, ...changes })
      }),
    )
  })

  it('always has its targets sorted away from the entry', () => {
    const offsets = fc.uniqueArray(fc.integer({ min: 1, max: 1_000 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(offsets, fc.constantFrom('buy', 'sell'), (steps, type) => {
        const sign = type === 'buy' ? 1 : -1
        const [one, two, three] = steps.map((step) => String(20_000 + sign * step))
        const checked = checkAlert({
          ...documented,
          type,
          orderPrice: '20000',
          stop: String(20_000 - sign),
          takeProfitPrice1: one,
          takeProfitPrice2: two,
          takeProfitPrice3: three,
        })
        const distances = checked.ok ? checked.value.targets.map((target) => Math.abs(Number(target) - 20_000)) : []
        expect(distances).toEqual(steps.toSorted((a, b) => a - b))
      }),
    )
  })
})

describe('the text of an alert', () => {
  it('may hold bare NaN where a plot is missing', () => {
    const text = '{"takeProfit": NaN, "note": "a \\"NaN\\" stays", "stop": 5}'
    expect(readAlertText(text)).toEqual({ ok: true, value: { takeProfit: 'NaN', note: 'a "NaN" stays', stop: 5 } })
  })

  it.each(['', 'buy BTC', '[1]', 'null', '{"a":1', '"text"'])('%j is refused', (text) => {
    expect(readAlertText(text).ok).toBe(false)
  })

  it('with the same field twice is refused, since one of the two would be ignored', () => {
    expect(readAlertText('{"stop":"1","nested":{"stop":"2"},"stop":"3"}')).toMatchObject({
      ok: false,
      error: { param: 'stop', msg: 'must not be given twice' },
    })
    expect(readAlertText('{"stop":"1","nested":{"stop":"2"}}').ok).toBe(true)
  })

  it.each([
    ['4.7e-7', '0.00000047'],
    ['0.00000047', '0.00000047'],
    ['123456789.123456789', '123456789.123456789'],
    ['0.10000000000000000001', '0.10000000000000000001'],
    ['2.5E3', '2500'],
    ['1000', '1000'],
    // As a binary fraction is written in full: more digits than anybody means.
    ['0.1000000000000000055511151231257827021181583404541015625', '0.1'],
  ])('keeps the digits of a price that is the number %s', (number, price) => {
    const read = readAlertText(`{"orderPrice": ${number}, "takeProfit": NaN}`)
    const none = { takeProfitPrice1: null, takeProfitPrice2: null, takeProfitPrice3: null }
    const prices = { ...none, stop: '0.00000001', takeProfit: '99999999999' }
    const checked = checkAlert({ ...documented, ...(read.ok && read.value), ...prices })
    expect(checked).toMatchObject({ ok: true, value: { price } })
  })

  it.each(['1e308', '1e400', '-4.7e-7', '1e-40', '0e0', `1${'0'.repeat(40)}`])(
    'with the price %s is refused',
    (number) => {
      const read = readAlertText(`{"orderPrice": ${number}, "takeProfit1": ${number}}`)
      const problems = read.ok ? problemsOf(read.value) : []
      expect(problems).toContain('orderPrice: must be greater than 0')
      expect(problems).toContain('takeProfit1: must be greater than 0')
    },
  )

  it('of any kind never makes the reader throw', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readAlertText(text)))
  })
})

describe('the dedupe key', () => {
  const keyOf = (changes: Record<string, unknown>) => {
    const checked = checkAlert({ ...documented, ...changes })
    if (!checked.ok) throw new Error('not an alert')
    return dedupeKeyOf(checked.value).key
  }

  it('is the same for the same alert written differently', () => {
    expect(keyOf({ orderPrice: 19286.5, takeProfit: null })).toBe(keyOf({}))
  })

  it('differs when a price differs', () => {
    expect(keyOf({ stop: '19280.5' })).not.toBe(keyOf({}))
  })

  it('is the sender’s own id when there is one', () => {
    expect(keyOf({ alertId: 'bar-17', stop: '19280.5' })).toBe(keyOf({ alertId: 'bar-17' }))
  })
})

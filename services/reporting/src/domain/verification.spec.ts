import { describe, expect, it } from 'vitest'
import { accountAt, judge } from './verification.ts'

const theirs = {
  totalReturnPercent: '15.2',
  monthlyReturnPercent: '1.89',
  maximumDrawdownPercent: '-3.2',
  profitFactor: '1.85',
}
const ours = { trades: 245, monthlyReturnPercent: '1.5', maximumDrawdownPercent: '-4.1' }

describe('a link to MyFxBook', () => {
  it('names an account by the number at its end, and by nothing else', () => {
    const accounts = [12, 1234567].map((id) => ({ id, figures: theirs }))
    expect(accountAt('https://www.myfxbook.com/members/a/b/1234567', accounts)?.id).toBe(1234567)
    expect(accountAt('https://www.myfxbook.com/members/a/b/1234567/', accounts)?.id).toBe(1234567)
    expect(accountAt('https://www.myfxbook.com/members/a/b/4567', accounts)).toBeUndefined()
    expect(accountAt('https://www.myfxbook.com/members/strategy12', accounts)).toBeUndefined()
  })
})

describe('figures', () => {
  it('agree within the tolerance, of the return as of the drawdown', () => {
    expect(judge(ours, theirs, 1)).toBe('agrees')
    expect(judge(ours, theirs, 0.5)).toBe('differs')
    expect(judge({ ...ours, monthlyReturnPercent: '2.9' }, theirs, 1)).toBe('differs')
    expect(judge({ ...ours, maximumDrawdownPercent: '-4.3' }, theirs, 1)).toBe('differs')
  })

  it('are not compared without an account or without a trade', () => {
    expect(judge(ours, undefined, 1)).toBe('not-found')
    expect(judge({ ...ours, trades: 0 }, theirs, 1)).toBe('nothing-to-compare')
  })
})

/**
 * The currencies that are charged in, and how many digits their smallest unit is away from one.
 * Called wherever an amount is read or written. Must never hold a provider's own scale: its client converts.
 */

/** Digits after the point by ISO 4217. */
const minorDigits = {
  AUD: 2,
  BHD: 3,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  EUR: 2,
  GBP: 2,
  HKD: 2,
  IDR: 2,
  INR: 2,
  JPY: 0,
  KRW: 0,
  KWD: 3,
  MYR: 2,
  SGD: 2,
  USD: 2,
} as const

export type Currency = keyof typeof minorDigits

export const currencies = Object.keys(minorDigits) as readonly Currency[]

export function isCurrency(text: string): text is Currency {
  return Object.hasOwn(minorDigits, text)
}

export function minorDigitsOf(currency: Currency): number {
  return minorDigits[currency]
}

/**
 * Credentials in the form that each venue gives out. Called when an account is opened.
 * Must never make the same ones twice: everything in them comes from the given randomness.
 */
import { createHmac } from 'node:crypto'
import type { Venue } from '@tradewire/contracts/common'

/** What an account is known by, whatever its venue calls it. */
export interface AccountKeys {
  readonly apiKey: string
  readonly secret: string
  readonly passphrase?: string
}

const keyBytes = 32
const okxKeyBytes = 16
const passphraseBytes = 12
const loginBytes = 6
const loginDigits = 12
const passwordBytes = 12
const terminalLoginDigits = 10

export function accountKeysOf(venue: Venue, random: (bytes: number) => Buffer): AccountKeys {
  const hex = (bytes: number) => random(bytes).toString('hex')
  switch (venue) {
    case 'okx-spot':
    case 'okx-swap': {
      const apiKey = hex(okxKeyBytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
      return { apiKey, secret: hex(okxKeyBytes).toUpperCase(), passphrase: hex(passphraseBytes) }
    }
    case 'xapi': {
      const login = BigInt(`0x${hex(loginBytes)}`)
        .toString()
        .padStart(loginDigits, '0')
        .slice(-loginDigits)
      return { apiKey: `1${login}`, secret: hex(passwordBytes) }
    }
    case 'metaapi': {
      const login = BigInt(`0x${hex(loginBytes)}`)
        .toString()
        .slice(0, terminalLoginDigits - 1)
      return { apiKey: `5${login}`, secret: hex(passwordBytes) }
    }
    case 'binance-spot':
    case 'binance-usdm':
    case 'paper':
      return { apiKey: hex(keyBytes), secret: hex(keyBytes) }
  }
}

/** Where the accounts of cloud terminals are. */
export const terminalServer = 'Tradewire-Demo'
const tokenHeader = Buffer.from('{"alg":"HS512","typ":"JWT"}').toString('base64url')

/** A token that its account's password signs. */
export function terminalTokenOf(accountId: string, secret: string): string {
  const payload = Buffer.from(JSON.stringify({ _id: accountId })).toString('base64url')
  const signature = createHmac('sha512', secret).update(`${tokenHeader}.${payload}`).digest('base64url')
  return `${tokenHeader}.${payload}.${signature}`
}

/** The same in the words of the venue's connect form. */
export function credentialsOf(venue: Venue, accountId: string, keys: AccountKeys): Readonly<Record<string, string>> {
  if (venue === 'metaapi') {
    const { apiKey: login, secret: password } = keys
    return { token: terminalTokenOf(accountId, password), login, password, server: terminalServer }
  }
  if (venue === 'xapi') return { userId: keys.apiKey, password: keys.secret, server: 'demo', transport: 'websocket' }
  return { ...keys }
}

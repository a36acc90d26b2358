/**
 * Credentials in the form that each venue gives out. Called when an account is opened.
 * Must never make the same ones twice: everything in them comes from the given randomness.
 */
import { createECDH, createHash, createHmac, createPrivateKey, type JsonWebKey } from 'node:crypto'
import type { Venue } from '@tradewire/contracts/common'

/** What an account is known by, whatever its venue calls it. */
export interface AccountKeys {
  readonly apiKey: string
  readonly secret: string
  readonly passphrase?: string
}

const keyBytes = 32
const okxKeyBytes = 16
const nameBytes = 16
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
    case 'coinbase': {
      const apiKey = `organizations/${hex(nameBytes)}/apiKeys/${hex(nameBytes)}`
      return { apiKey, secret: privateKeyOf(random(keyBytes)) }
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
    case 'mt-manager':
      return { apiKey: hex(nameBytes), secret: hex(keyBytes) }
    case 'binance-spot':
    case 'binance-usdm':
    case 'cex':
    case 'paper':
    case 'tokocrypto':
      return { apiKey: hex(keyBytes), secret: hex(keyBytes) }
  }
}

/** The sub-account that an account of CEX.IO trades with. */
export const subAccount = 'trading'

/** Where the accounts of cloud terminals are. */
export const terminalServer = 'Tradewire-Demo'
/** The same broker by the name that the marketplace's document has for it. */
export const terminalServers: readonly string[] = [terminalServer, 'MetaQuotes-Demo']

/** The login that the marketplace's document connects. Anybody may know it: nothing but play money is behind it. */
export const documentedLogin: AccountKeys = { apiKey: '12345678', secret: 'account_password' }

const tokenHeader = Buffer.from('{"alg":"HS512","typ":"JWT"}').toString('base64url')

/** A token that its account's password signs. */
export function terminalTokenOf(accountId: string, secret: string): string {
  const payload = Buffer.from(JSON.stringify({ _id: accountId })).toString('base64url')
  const signature = createHmac('sha512', secret).update(`${tokenHeader}.${payload}`).digest('base64url')
  return `${tokenHeader}.${payload}.${signature}`
}

export type PlatformKind = 'MT4' | 'MT5'

/** The trade platform of a manager's client: one of each kind, over the same accounts. */
export function platformIdOf(ownerId: string, kind: PlatformKind): string {
  return uuidOf(`${kind} ${ownerId}`)
}

export function organizationIdOf(ownerId: string): string {
  return uuidOf(`organization ${ownerId}`)
}

function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5')
}

const loginMin = 1_000_000
const loginsMax = 9_000_000
const loginHexDigits = 12

/** The number of the account that a manager's client begins with. */
export function firstLoginOf(clientId: string): number {
  return loginMin + (Number.parseInt(clientId.slice(0, loginHexDigits), 16) % loginsMax)
}

/** A P-256 key as the venue hands it out. The first bit is cleared, so that the number lies within the curve's order. */
function privateKeyOf(bytes: Buffer): string {
  bytes[0] = (bytes[0] ?? 0) & 0x7f
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(bytes)
  const point = curve.getPublicKey().subarray(1)
  const [x, y, d] = [point.subarray(0, keyBytes), point.subarray(keyBytes), bytes].map((part) =>
    part.toString('base64url'),
  )
  const key = createPrivateKey({ key: { kty: 'EC', crv: 'P-256', x, y, d } as JsonWebKey, format: 'jwk' })
  return key.export({ type: 'sec1', format: 'pem' }).toString()
}

/** The same in the words of the venue's connect form. */
export function credentialsOf(venue: Venue, accountId: string, keys: AccountKeys): Readonly<Record<string, string>> {
  if (venue === 'metaapi') {
    const { apiKey: login, secret: password } = keys
    return { token: terminalTokenOf(accountId, password), login, password, server: terminalServer }
  }
  if (venue === 'mt-manager') {
    const { apiKey: clientId, secret: clientSecret } = keys
    const tradePlatform = platformIdOf(accountId, 'MT4')
    return { clientId, clientSecret, tradePlatform, login: String(firstLoginOf(clientId)) }
  }
  if (venue === 'xapi') return { userId: keys.apiKey, password: keys.secret, server: 'demo', transport: 'websocket' }
  // Orders through the API are taken of sub-accounts only.
  if (venue === 'cex') return { ...keys, accountId: subAccount }
  return { ...keys }
}

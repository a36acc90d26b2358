/**
 * Which addresses may be delivered to (rule R18): public ones, and private networks that an operator has allowed.
 * Called when an endpoint is saved and again at each connect. Must never judge a name: only the address it resolves to.
 */
import ipaddr from 'ipaddr.js'

const allowedPorts = new Set(['', '443', '8443'])

export class Targets {
  private readonly networks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][]

  /** `privateNetworks` in CIDR form. Throws on a malformed one. */
  constructor(privateNetworks: readonly string[]) {
    this.networks = privateNetworks.map((network) => ipaddr.parseCIDR(network))
  }

  /** True for public unicast addresses and those in an allowed network; mapped IPv6 is judged as the IPv4 it is. */
  allowsAddress(text: string): boolean {
    if (!ipaddr.isValid(text)) return false
    return ipaddr.process(text).range() === 'unicast' || this.isPrivateAllowed(text)
  }

  /** Why the URL may not be saved; undefined if it may. Names are judged when they are resolved. */
  refusalOf(text: string): string | undefined {
    const url = URL.parse(text)
    if (url === null) return 'not a URL'
    if (url.username !== '' || url.password !== '') return 'must not carry a user name or password'
    const host = url.hostname.replaceAll(/^\[|\]$/g, '')
    if (ipaddr.isValid(host) && !this.allowsAddress(host)) return 'the address is not public'
    if (this.networks.length > 0) return undefined
    if (url.protocol !== 'https:') return 'must be https'
    return allowedPorts.has(url.port) ? undefined : 'the port must be 443 or 8443'
  }

  private isPrivateAllowed(text: string): boolean {
    const address = ipaddr.process(text)
    return this.networks.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits))
  }
}

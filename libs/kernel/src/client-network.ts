/**
 * The network of a client's address: one customer of a provider can take any address in it.
 * Called wherever what comes from an address is counted. Pure; must never be used to tell who somebody is.
 */
import { isIPv6 } from 'node:net'

const groupsPerAddress = 8
/** Groups of 16 bits: a /64 is the least that a customer gets. */
const groupsPerNetwork = 4
/** The first six groups of an IPv4 address in its IPv6 form. */
const mappedStart = '0:0:0:0:0:ffff'
const dottedEnd = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/

/** The /64 of an IPv6 address; an IPv4 address, in whichever form, and all other text as it is. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const groups = groupsOf(address)
  const [high = 0, low = 0] = groups.slice(-2)
  if (textOf(groups.slice(0, -2)) === mappedStart) return [high >> 8, high & 255, low >> 8, low & 255].join('.')
  return `${textOf(groups.slice(0, groupsPerNetwork))}::/64`
}

/** All eight; a zone after them is left out. */
function groupsOf(address: string): readonly number[] {
  const [bare = ''] = address.split('%')
  const [before = [], after = []] = bare.replace(dottedEnd, groupsOfDotted).split('::').map(numbersOf)
  const between = Array.from({ length: groupsPerAddress - before.length - after.length }, () => 0)
  return [...before, ...between, ...after]
}

function groupsOfDotted(_: string, ...bytes: readonly string[]): string {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes.map(Number)
  return textOf([first * 256 + second, third * 256 + fourth])
}

function numbersOf(groups: string): number[] {
  return groups === '' ? [] : groups.split(':').map((group) => Number(`0x${group}`))
}

function textOf(groups: readonly number[]): string {
  return groups.map((group) => group.toString(16)).join(':')
}

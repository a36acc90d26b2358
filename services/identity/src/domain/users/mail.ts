/**
 * What is mailed, in which words, and when it is tried again. Called by the use cases that write and send mails.
 * Pure. A letter must never tell more than its reader may know: whoever reads it has the mailbox, no more.
 */
import type { Randomness } from '@tradewire/kernel/randomness'

export const mailKinds = ['confirm-registration', 'reset-password', 'password-changed'] as const
export type MailKind = (typeof mailKinds)[number]

/** Whose letters they are, and where their links lead. */
export interface Sender {
  readonly organisationName: string
  readonly organisationContact?: string | undefined
  readonly publicUrl: string
}

export interface Letter {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** What became of one attempt to hand a letter to the mail server. */
export type SendOutcome =
  | { readonly kind: 'sent' }
  /** Nobody knows, or not now: the mail server will be asked again. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** The mail server has refused it for good. */
  | { readonly kind: 'refused'; readonly reason: string }

export type MailVerdict =
  | { readonly state: 'sent' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'waiting'; readonly reason: string; readonly waitMs: number }

const second = 1_000
const minute = 60 * second

/** Waits after the first to the sixth failure: seven attempts within two hours, for a link that lives a day at most. */
export const mailRetryWaitsMs: readonly number[] = [
  10 * second,
  minute,
  5 * minute,
  15 * minute,
  30 * minute,
  60 * minute,
]
/** Each wait is stretched by up to this share, so that the mails of one outage spread out. */
const jitterShare = 0.2

/** `attempt` counts from 1. */
export function judgeSending(outcome: SendOutcome, attempt: number, randomness: Randomness): MailVerdict {
  if (outcome.kind === 'sent') return { state: 'sent' }
  const { reason } = outcome
  const waitMs = mailRetryWaitsMs[attempt - 1]
  if (outcome.kind === 'refused' || waitMs === undefined) return { state: 'failed', reason }
  return { state: 'waiting', reason, waitMs: Math.round(waitMs * (1 + jitterShare * randomness.fraction())) }
}

const farewell = 'If it was not you, there is nothing to do: without this e-mail nobody gets any further.'

export function confirmationLetter(from: Sender, to: string, username: string, link: string): Letter {
  return letter(from, to, 'Confirm your registration', [
    `Somebody has registered here with this address and the user name ${username}.`,
    `If it was you, open this link within a day and enter the password you have chosen:`,
    link,
    farewell,
  ])
}

/** To an address that has a user: the one who registered must not learn that from the answer. */
export function knownAddressLetter(from: Sender, to: string): Letter {
  return letter(from, to, 'You have an account already', [
    'Somebody has registered here with this address, which has an account already. Nothing was changed.',
    `If it was you and you do not know your password any more, ask for a new one at ${accountPage(from.publicUrl)}`,
  ])
}

export function resetLetter(from: Sender, to: string, username: string, link: string): Letter {
  return letter(from, to, 'Choose a new password', [
    `Somebody has asked for a new password of the user ${username}.`,
    'If it was you, open this link within an hour. It works once.',
    link,
    farewell,
  ])
}

export function changedLetter(from: Sender, to: string, username: string): Letter {
  return letter(from, to, 'Your password was changed', [
    `The user ${username} has a new password. All sessions were ended.`,
    'If it was not you, ask for another one at once and tell the operator.',
  ])
}

/** The token stands behind the #, so it is in no log of a server or a proxy on the way. */
export function accountLink(publicUrl: string, purpose: 'confirm' | 'reset', token: string): string {
  return `${accountPage(publicUrl)}#${purpose}=${token}`
}

function accountPage(publicUrl: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/account`
}

function letter(from: Sender, to: string, subject: string, paragraphs: readonly string[]): Letter {
  const { organisationName: name, organisationContact: contact } = from
  const help = contact === undefined ? [] : [`Help: ${contact}`]
  return { to, subject: `${name}: ${subject}`, text: `${[...paragraphs, ...help].map(wrapped).join('\n\n')}\n` }
}

/** Lines of at most 72 characters, of whole words. */
function wrapped(paragraph: string): string {
  return paragraph.replaceAll(/(?=.{73})(.{1,72}) /g, '$1\n')
}

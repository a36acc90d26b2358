/**
 * A Telegram chat as an endpoint of its own kind: its address, what it gets, and how news reads there.
 * Called by the use cases that link chats and by the sender. Must never be reachable as a webhook.
 */
import { noticeRaised, reportMade } from '@tradewire/contracts/events/notices'

const scheme = 'telegram:'

/** What a chat is told: news that comes in words. */
export const chatEvents: readonly string[] = [noticeRaised.name, reportMade.name]

export function chatUrl(chatId: string): string {
  return `${scheme}${chatId}`
}

export function isChatUrl(url: string): boolean {
  return url.startsWith(scheme)
}

export function chatIdOf(url: string): string {
  return url.slice(scheme.length)
}

/** Of a delivery's body, whose words are written by the services that raise notices. */
export function chatTextOf(body: string): string {
  const { data } = JSON.parse(body) as { readonly data: { readonly title?: unknown; readonly text?: unknown } }
  return [data.title, data.text].filter((part) => typeof part === 'string').join('\n\n')
}

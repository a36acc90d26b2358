/**
 * Sends news as messages of a Telegram bot. Called through the Sender port for addresses of chats.
 * Must never put the bot's token, which stands in the path, into what is kept of an attempt.
 */
import { Injectable } from '@nestjs/common'
import { InjectConfig } from '@tradewire/nest-kit/tokens'
import { request } from 'undici'
import { z } from 'zod'
import type { WebhooksConfig } from '../config.ts'
import { chatIdOf, chatTextOf } from '../domain/chat.ts'
import { Sender, type Sent } from '../ports/sender.port.ts'
import { excerptOf, failureOf, startOf, unanswered } from './http-answer.map.ts'

/** Telegram's own limit. */
const textCharactersMax = 4_096
const answer = z.object({
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().optional() }).optional(),
})

@Injectable()
export class TelegramSender extends Sender {
  constructor(@InjectConfig() private readonly config: WebhooksConfig) {
    super()
  }

  async send(url: string, _headers: Readonly<Record<string, string>>, body: string): Promise<Sent> {
    const { telegramApiUrl, telegramBotToken, deliveryTimeoutMs } = this.config
    // The bot was taken away after the chat was linked: perhaps it comes back within the schedule.
    if (telegramBotToken === undefined) return unanswered('ADDRESS_REFUSED')
    try {
      const { statusCode, body: stream } = await request(`${telegramApiUrl}/bot${telegramBotToken}/sendMessage`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ chat_id: chatIdOf(url), text: chatTextOf(body).slice(0, textCharactersMax) }),
        signal: AbortSignal.timeout(deliveryTimeoutMs),
        headersTimeout: deliveryTimeoutMs,
        bodyTimeout: deliveryTimeoutMs,
      })
      return sentOf(statusCode, await startOf(stream))
    } catch (error) {
      return unanswered(failureOf(error))
    }
  }
}

/** 403: the chat has blocked the bot. 400 with these words: there is no such chat. */
function sentOf(status: number, text: string): Sent {
  const { data } = answer.safeParse(parsed(text))
  const seconds = data?.parameters?.retry_after
  return {
    status,
    retryAfter: seconds === undefined ? undefined : String(Math.ceil(seconds)),
    error: null,
    responseExcerpt: excerptOf(text),
    gone: status === 403 || (status === 400 && /chat not found/i.test(data?.description ?? '')),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

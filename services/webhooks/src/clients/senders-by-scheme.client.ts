/** Gives each delivery to the sender of its address: a webhook or a chat. Called through the Sender port. Must never send itself. */
import { isChatUrl } from '../domain/chat.ts'
import { Sender, type Sent } from '../ports/sender.port.ts'

export class SendersByScheme extends Sender {
  private readonly webhooks: Sender
  private readonly chats: Sender

  constructor(webhooks: Sender, chats: Sender) {
    super()
    this.webhooks = webhooks
    this.chats = chats
  }

  send(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<Sent> {
    return isChatUrl(url) ? this.chats.send(url, headers, body) : this.webhooks.send(url, headers, body)
  }
}

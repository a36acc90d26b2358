/** The closed table of what `webhooks` refuses. Called by its use cases; the errors page is generated from it. Must never change a code's meaning. */
import { defineErrors } from '@tradewire/kernel/errors'

export const webhooksErrors = defineErrors('webhooks', {
  ENDPOINT_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such endpoint, or it is not yours.',
    fix: 'List your endpoints and use an id from there.',
  },
  ENDPOINT_LIMIT_REACHED: {
    kind: 'refused',
    message: 'You have as many endpoints as one user may have.',
    fix: 'Remove an endpoint that is no longer used.',
  },
  ENDPOINT_URL_REFUSED: {
    kind: 'invalid',
    message: 'The address may not be delivered to.',
    fix: 'Use https, port 443 or 8443 and a public address; an operator can allow private networks by setting.',
  },
  EVERY_USER_FORBIDDEN: {
    kind: 'forbidden',
    message: "Only operators may receive every user's events.",
    fix: 'Leave everyUser out.',
  },
  TELEGRAM_NOT_SET_UP: {
    kind: 'refused',
    message: 'This installation has no Telegram bot.',
    fix: 'The operator makes a bot with BotFather and sets WEBHOOKS_TELEGRAM_BOT_TOKEN.',
  },
  DELIVERY_NOT_FOUND: {
    kind: 'not-found',
    message: 'There is no such delivery to this endpoint.',
    fix: "List the endpoint's deliveries and use an id from there.",
  },
})

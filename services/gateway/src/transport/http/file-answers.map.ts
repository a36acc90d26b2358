/** Files as they are sent, and the paths that they may end in. Called by the public routes. Must never let a browser guess what a file is. */
import type { FileReply } from '@tradewire/contracts/define-route'
import type { FastifyReply } from 'fastify'

export function answerFile(reply: FastifyReply, type: string, { name, base64 }: FileReply): FastifyReply {
  const mediaType = type.startsWith('text/') ? `${type}; charset=utf-8` : type
  return reply
    .header('content-type', mediaType)
    .header('content-disposition', `attachment; filename="${name}"`)
    .header('x-content-type-options', 'nosniff')
    .send(Buffer.from(base64, 'base64'))
}

/** `/v1/users/{userId}` -> `/v1/users/:userId`; what stands after a parameter, such as `.pdf`, stays. */
export function fastifyPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1')
}

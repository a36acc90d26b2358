/** What the bus answers when a question got no good answer. Called by RpcClient and the answerer. Must never be thrown. */
import { defineErrors } from '@tradewire/kernel/errors'

export const busErrors = defineErrors('bus', {
  SERVICE_UNAVAILABLE: {
    kind: 'unavailable',
    message: 'The part of the system that answers this is not reachable or is overloaded.',
    fix: 'Try again in a moment; see the health page for what is down.',
  },
  DEADLINE_EXCEEDED: {
    kind: 'unknown',
    message: 'No answer came in time; whether the request was carried out is not known.',
    fix: 'Read the current state before repeating a command.',
  },
  REQUEST_INVALID: {
    kind: 'invalid',
    message: 'The request does not have the form that its contract asks for.',
    fix: 'Correct the fields named in the context.',
  },
  REQUEST_IN_FLIGHT: {
    kind: 'conflict',
    message: 'The same request is being carried out at this moment.',
    fix: 'Send it again with the same Idempotency-Key in a moment: the answer is then the one of the first.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    kind: 'refused',
    message: 'This Idempotency-Key belongs to another request of yours.',
    fix: 'Make a new key for each request, and keep it for repetitions of that request alone.',
  },
  REPLY_INVALID: {
    kind: 'unknown',
    message: 'The answer did not have the form that its contract promises.',
    fix: 'Run the same release of every service; the log of the answering service says more.',
  },
  ANSWER_FAILED: {
    kind: 'unknown',
    message: 'The answering service failed; whether the request was carried out is not known.',
    fix: 'Read the current state before repeating a command; the log of the answering service says more.',
  },
})

/**
 * The one form of an error over HTTP, and the one place where failures become it.
 * Called for every route of every service, except those whose document demands another body.
 * Must never tell a caller more of an unexpected error than that it happened.
 */
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common'
import { causeAndFix, type CodedError, httpStatusOf } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import type { Logger } from '@tradewire/observability/logger'
import type { FastifyReply, FastifyRequest } from 'fastify'

export interface ErrorBody {
  readonly error: {
    readonly code: string
    readonly message: string
    readonly details: unknown
  }
}

export interface HttpFailure {
  readonly status: number
  readonly body: ErrorBody
}

/** Thrown by transport code to answer with a coded error; domain and use cases return it instead. */
export class CodedException extends Error {
  override readonly name = 'CodedException'
  readonly coded: CodedError

  constructor(coded: CodedError) {
    super(coded.message)
    this.coded = coded
  }
}

/** The value of a successful result; throws CodedException otherwise. For controllers only. */
export function valueOrThrow<Value>(result: Result<Value, CodedError>): Value {
  if (result.ok) return result.value
  throw new CodedException(result.error)
}

export function failureOf(coded: CodedError): HttpFailure {
  return {
    status: httpStatusOf[coded.kind],
    body: { error: { code: coded.code, message: causeAndFix(coded), details: coded.context } },
  }
}

/** Codes of failures that HTTP itself brings, before a service is asked. */
export const codeOfStatus: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'REQUEST_TIMEOUT',
  413: 'BODY_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  429: 'RATE_LIMITED',
  500: 'INTERNAL',
  503: 'SERVICE_UNAVAILABLE',
}

const unsupportedTypeStatus = 415
/** Routes that take another type read it themselves. */
const jsonWanted = 'Send a body of JSON with the header `content-type: application/json`.'

const internal: HttpFailure = {
  status: 500,
  body: { error: { code: 'INTERNAL', message: 'Something went wrong on our side', details: {} } },
}

function httpFailure(status: number, message: string): HttpFailure {
  const code = codeOfStatus[status] ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL')
  return { status, body: { error: { code, message, details: {} } } }
}

/** Fastify's own words, where they tell what to do. */
function messageOf(status: number, message = ''): string {
  return status === unsupportedTypeStatus ? jsonWanted : message
}

/** What to answer for anything thrown, and whether it was unexpected and needs a log line. */
export function explain(thrown: unknown): { readonly failure: HttpFailure; readonly unexpected: boolean } {
  if (thrown instanceof CodedException) return { failure: failureOf(thrown.coded), unexpected: false }
  if (thrown instanceof HttpException) {
    const status = thrown.getStatus()
    return status < 500 || status === 503
      ? { failure: httpFailure(status, thrown.message), unexpected: false }
      : { failure: internal, unexpected: true }
  }
  const { statusCode, message, code } = (thrown ?? {}) as { statusCode?: number; message?: string; code?: string }
  const fromFastify = typeof code === 'string' && code.startsWith('FST_') && typeof statusCode === 'number'
  if (fromFastify && (statusCode < 500 || statusCode === 503)) {
    return { failure: httpFailure(statusCode, messageOf(statusCode, message)), unexpected: false }
  }
  return { failure: internal, unexpected: true }
}

/** Nest hands everything thrown on a request to this filter, unknown routes and parser errors included. */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger: Logger

  constructor(logger: Logger) {
    this.logger = logger
  }

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    answerFailure(thrown, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>(), this.logger)
  }
}

/** Answers with the failure's status and body and logs it when nobody expected it. */
export function answerFailure(thrown: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const { failure, unexpected } = explain(thrown)
  if (unexpected) {
    const { method, id } = request
    logger.error(
      { error: thrown, method, route: request.routeOptions?.url, requestId: id },
      'a request failed unexpectedly',
    )
  }
  if (reply.sent) return
  void reply.status(failure.status).header('content-type', 'application/json; charset=utf-8').send(failure.body)
}

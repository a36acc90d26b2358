/**
 * Errors in Binance's form: HTTP status, negative code, text. The numbers and texts are the venue's.
 * Called by the Binance surfaces. Must never be used by other surfaces.
 */

export interface VenueError {
  readonly status: number
  readonly code: number
  readonly msg: string
  readonly retryAfterMs?: number
}

const badRequest = 400
const unauthorized = 401
const tooManyRequests = 429

export function venueError(code: number, msg: string, status = badRequest): VenueError {
  return { status, code, msg }
}

export const keyFormatInvalid = venueError(-2014, 'API-key format invalid.', unauthorized)
export const keyUnknown = venueError(-2015, 'Invalid API-key, IP, or permissions for action.', unauthorized)
export const signatureInvalid = venueError(-1022, 'Signature for this request is not valid.')
export const outsideWindow = venueError(-1021, 'Timestamp for this request is outside of the recvWindow.')
export const aheadOfServer = venueError(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
export const invalidSymbol = venueError(-1121, 'Invalid symbol.')
export const unknownOrder = venueError(-2011, 'Unknown order sent.')
export const orderDoesNotExist = venueError(-2013, 'Order does not exist.')
export const tooMuchPrecision = venueError(-1111, 'Precision is over the maximum defined for this asset.')
/** The request may have been executed: clients must find out. */
export const outcomeUnknown = venueError(
  -1007,
  'Timeout waiting for response from backend server. Send status unknown; execution status unknown.',
  503,
)

export function missing(name: string): VenueError {
  return venueError(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)
}

/** An order with this id stands already. */
export const idTaken = {
  'binance-spot': venueError(-2010, 'Duplicate order sent.'),
  'binance-usdm': venueError(-4116, 'ClientOrderId is duplicated.'),
} as const

export function illegal(name: string): VenueError {
  return venueError(
    -1100,
    `Illegal characters found in parameter '${name}'; legal range is '^([0-9]{1,20})(\\.[0-9]{1,20})?$'.`,
  )
}

export function tooManyWeight(limit: number, retryAfterMs: number): VenueError {
  const msg = `Too many requests; current limit is ${String(limit)} request weight per 1 MINUTE.`
  return { ...venueError(-1003, msg, tooManyRequests), retryAfterMs }
}

export function tooManyOrders(limit: number, window: string, retryAfterMs: number): VenueError {
  const msg = `Too many new orders; current limit is ${String(limit)} orders per ${window}.`
  return { ...venueError(-1015, msg, tooManyRequests), retryAfterMs }
}

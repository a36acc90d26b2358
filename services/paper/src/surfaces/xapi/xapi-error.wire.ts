/** Errors of the protocol as its document lists them. Called by its commands. Must never use a code outside the list. */

export interface XapiError {
  readonly errorCode: string
  readonly errorDescr: string
}

const described = {
  BE001: 'Invalid price',
  BE002: 'Invalid StopLoss or TakeProfit',
  BE003: 'Invalid volume',
  BE005: 'userPasswordCheck: Invalid login or password.',
  BE009: 'Not enough money on account to perform trade',
  BE014: 'Request too frequent',
  BE096: 'Pending order cannot be closed. Pending order must be deleted',
  BE097: 'Cannot close already closed order',
  BE098: 'No such transaction',
  BE102: 'Unknown transaction type',
  BE103: 'User is not logged',
  BE104: 'Method does not exist',
  BE105: 'Incorrect period given',
  BE106: 'Missing data',
  BE110: 'Incorrect command format',
  BE115: 'Symbol does not exist',
  BE117: 'Invalid token',
  BE118: 'User already logged',
  BE200: 'Session timed out.',
  EX000: 'Invalid parameters',
  EX003: 'Internal error, request timed out',
  EX007: 'userPasswordCheck: Invalid login or password. This login/password is disabled for 10 minutes.',
  EX008: 'You have reached the connection limit. For details see the Connection validation section.',
  EX009: 'Data limit potentially exceeded. Please narrow your request range.',
  EX011: 'You are not allowed to execute this command.',
} as const

export type XapiErrorCode = keyof typeof described

export function xapiError(errorCode: XapiErrorCode): XapiError {
  return { errorCode, errorDescr: described[errorCode] }
}

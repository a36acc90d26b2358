/**
 * The database of a service did not answer within the patience of a start. Thrown by openDatabase; who started the
 * service tells what to do. Must never hold the URL, which has a password.
 */
export class DatabaseUnreachableError extends Error {
  override readonly name = 'DatabaseUnreachableError'
}

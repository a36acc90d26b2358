/** The text of our commands. Called by the connections. Must never hold a character that takes more than one byte. */

/** The text of one command: ASCII only, as the venue's servers and proxies expect. */
export function encode(command: object): string {
  return JSON.stringify(command).replaceAll(
    /[\u0080-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

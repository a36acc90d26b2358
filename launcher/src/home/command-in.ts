/** A command for the person at the terminal to paste, meant for the same home. Called wherever a hint is told. Pure. */
import { defaultHome, type Home } from './home.ts'

const PLAIN = /^[\w@%+=:,./-]+$/

/** `./tradewire up --home /srv/tradewire`; nothing is said of the default home. */
export function commandIn({ root }: Pick<Home, 'root'>, command: string): string {
  return `./tradewire ${command}${root === defaultHome ? '' : ` --home ${quoted(root)}`}`
}

/** As a shell reads it back. */
function quoted(path: string): string {
  return PLAIN.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`
}

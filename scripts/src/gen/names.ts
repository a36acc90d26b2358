/** One name in all its forms. Called by the templates. Must never accept what tidy would refuse. */
export interface Name {
  /** close-position */
  readonly kebab: string
  /** closePosition */
  readonly camel: string
  /** ClosePosition */
  readonly pascal: string
  /** close position */
  readonly words: string
}

const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const VERB_NOUN = /^[a-z][a-z0-9]*(-[a-z0-9]+)+$/
const EVENT = /^[a-z][a-z0-9]*\.[a-z][a-z0-9-]*$/

export class NameError extends Error {}

function formsOf(kebab: string): Name {
  const parts = kebab.split('-')
  const pascal = parts.map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('')
  return { kebab, pascal, camel: pascal.charAt(0).toLowerCase() + pascal.slice(1), words: parts.join(' ') }
}

export function nameOf(text: string): Name {
  if (!KEBAB.test(text)) throw new NameError(`"${text}" is not kebab-case`)
  return formsOf(text)
}

export function verbNounOf(text: string): Name {
  if (!VERB_NOUN.test(text)) throw new NameError(`"${text}" is not verb-noun, such as close-position`)
  return formsOf(text)
}

export interface EventName {
  /** trade.amended */
  readonly name: string
  /** tradeAmended */
  readonly camel: string
  readonly noun: string
  readonly verb: string
}

export function eventNameOf(text: string): EventName {
  if (!EVENT.test(text)) throw new NameError(`"${text}" is not noun.verb, such as trade.amended`)
  const [noun = '', verb = ''] = text.split('.')
  return { name: text, camel: formsOf(`${noun}-${verb}`).camel, noun, verb: formsOf(verb).camel }
}

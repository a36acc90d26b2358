/**
 * JSON objects out of a byte stream that puts nothing, blanks or new lines between them. Called by xAPI's two sides.
 * Must never hold more unfinished text than one object may have.
 */
import { StringDecoder } from 'node:string_decoder'

export type Split =
  | { readonly kind: 'objects'; readonly texts: readonly string[] }
  /** Something that is no object, or one that is too large: nothing after it can be read. */
  | { readonly kind: 'broken'; readonly texts: readonly string[] }

const blank = /\s/
const interesting = /["\\{}[\]]/g

export class ObjectSplitter {
  private readonly decoder = new StringDecoder('utf8')
  private text = ''
  /** Where in the text the search goes on. */
  private at = 0
  private depth = 0
  private inString = false

  constructor(private readonly charactersMax: number) {}

  push(chunk: Buffer): Split {
    this.text += this.decoder.write(chunk)
    const texts: string[] = []
    for (;;) {
      if (this.depth === 0 && !this.skipBlanks()) return { kind: 'broken', texts }
      const end = this.findEnd()
      if ((end ?? this.text.length) > this.charactersMax) return { kind: 'broken', texts }
      if (end === null) return { kind: 'objects', texts }
      texts.push(this.text.slice(0, end))
      this.text = this.text.slice(end)
      this.at = 0
    }
  }

  /** False when something else than an object begins. */
  private skipBlanks(): boolean {
    let start = 0
    while (start < this.text.length && blank.test(this.text.charAt(start))) start += 1
    this.text = this.text.slice(start)
    return this.text === '' || this.text.startsWith('{')
  }

  /** One past the end of the object at the start of the text; null while it is not there. */
  private findEnd(): number | null {
    interesting.lastIndex = this.at
    for (let match = interesting.exec(this.text); match !== null; match = interesting.exec(this.text)) {
      const [character] = match
      this.at = match.index + 1
      if (character === '\\') {
        // What is escaped may not have arrived yet.
        if (this.at >= this.text.length) {
          this.at = match.index
          return null
        }
        this.at += 1
        interesting.lastIndex = this.at
      } else if (character === '"') this.inString = !this.inString
      else if (!this.inString) this.depth += character === '{' || character === '[' ? 1 : -1
      if (this.depth === 0) return this.at
    }
    this.at = this.text.length
    return null
  }
}

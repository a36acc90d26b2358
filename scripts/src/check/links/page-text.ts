/** What of a page is text and what is code. Called by the rules of pages. Must never change the number of lines. */

/** Blocks between fences, also in items of lists, are emptied. */
export function withoutCode(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^\1```/gm, (block) => block.replaceAll(/[^\n]/g, ''))
}

/**
 * What was asked of a provider for one batch of events: the same question is asked once, and its answer is newer than each
 * of them. Called by providers' clients. Must never outlive the batch: the next wants to know how things stand then.
 */
export class AskedOnce {
  private readonly answers = new Map<string, Promise<unknown>>()

  /** `question` names what is asked, whoever asks it. */
  answer<Answer>(question: string, ask: () => Promise<Answer>): Promise<Answer> {
    const known = this.answers.get(question)
    if (known !== undefined) return known as Promise<Answer>
    const asked = ask()
    this.answers.set(question, asked)
    return asked
  }
}

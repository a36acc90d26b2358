/** PostgreSQL's time: its clock decides expiry, ours may jump. Implemented in store/. Must never cost a statement to read. */
export abstract class DatabaseTime {
  /** The database said that it was `now` at this very moment. */
  abstract observe(now: Date): void
  abstract now(): Date
  /** For deadlines inside this process; never jumps. */
  abstract monotonicMs(): number
}

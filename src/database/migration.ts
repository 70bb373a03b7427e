/** A file of `migrations/`: one transaction of its own, which can be run again without effect. */
export interface Migration {
  /** The file's name without `.sql`, as it stands in the ledger. */
  name: string;
  /** SHA-256 of the file with its own hash written as zeros. */
  sha256: string;
  sql: string;
}

/** A write as the REST API takes it. It carries its own ids: sent twice, it is stored once. */
export interface JournalRequest {
  readonly method: 'POST' | 'PATCH';
  /** From `/v1` on, e.g. `/v1/runs/<id>/samples`. */
  readonly path: string;
  readonly body: unknown;
}

/** A request that a journal keeps. */
export interface KeptRequest extends JournalRequest {
  /** Its number in the journal, from 1 up. */
  readonly sequence: number;
  /** Characters that it takes, roughly. */
  readonly size: number;
}

/** Why a request was refused for good. */
export interface Rejection {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

/** How much is read back at a time. */
export interface ReadLimits {
  readonly requests: number;
  readonly characters: number;
}

/**
 * Requests that wait for the database, in order, where they outlive the process. Made without touching the disk: the first
 * request makes the file. A runtime without files has no journal; there, what waits is in memory alone.
 */
export interface Journal {
  /** Where people find it. */
  readonly file: string;
  /** Adds requests at the end. Resolves to their numbers when they would survive the death of the process and of the machine. */
  keep(requests: readonly JournalRequest[]): Promise<number[]>;
  /** The next requests that have not been read; none where all have. */
  read(limits: ReadLimits): Promise<KeptRequest[]>;
  /** Notes that a request is done with: acknowledged, or rejected, and then it stays in the file with its reason. */
  settle(sequence: number, rejection?: Rejection): void;
  /** Lines that could not be read, and were passed over. */
  readonly damaged: number;
  /** Has the requests that `unkept` gives written down when the process exits. Returns the way to call that off. */
  atExit(unkept: () => readonly JournalRequest[]): () => void;
  /** Writes down what was settled, lets go of the file, and takes it away where nothing is left in it. */
  close(): Promise<void>;
}

/** What a journal is opened for. */
export interface JournalOwner {
  readonly runId: string;
  /** The client that the run is recorded through, where the caller gave one. */
  readonly client: object | undefined;
  /** `trackRun({ journal })`. */
  readonly option: boolean | string | undefined;
}

/** Gives the journal of a run, or nothing where none is to be kept. */
export type OpenJournal = (owner: JournalOwner) => Journal | undefined;

/** Gives the journals that earlier attempts at a run left, open, the oldest first. */
export type OpenLeftovers = (owner: JournalOwner) => Promise<Journal[]>;

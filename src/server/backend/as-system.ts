import { type Identity, TRUSTED } from '../../database/port.js';

/**
 * Every act of a server with the connection's own rights, and why it cannot have a caller's. All else acts as its caller, under
 * row-level security. Two of these take input from a request: the lookup of a key, and calls of the user of this machine.
 */
const TRUSTED_ACTS = {
  'find a key': 'the caller is not known yet: the key identifies it. It is looked up by its hash, and nothing else is read.',
  'see whether there are keys': 'a server that others can reach must not start without any key; it learns yes or no.',
  'act for the user of this machine': 'the user of this machine can read the database anyway.',
  'read what was committed': 'one reader serves all streams; the topic of each was checked as its caller, and events hold ids only.',
  'keep a listener': 'writers notify while a server holds a lease; the lease is of the server.',
  'read figures': 'counts over all projects for the operator; no row of any of them.',
  'run maintenance': 'analytics are refreshed and silent runs marked stale on a schedule, over all projects.',
} as const;

export type TrustedAct = keyof typeof TRUSTED_ACTS;

/** The connection's own identity, for one of these acts. */
export function asSystem(_reason: TrustedAct): Identity {
  return TRUSTED;
}

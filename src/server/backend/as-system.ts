import { type Identity, TRUSTED } from '../../database/port.js';

/**
 * Everything that a server does with the connection's own rights, and why none of it can be done with a caller's. All else acts as its
 * caller, under row-level security. None of these takes anything from a request but two: a secret is looked up,
 * and the user of the machine is served.
 */
const TRUSTED_ACTS = {
  'find a key': 'nobody is known yet: the secret is what says who calls. It is looked up by its hash, and nothing else is read.',
  'see whether there are keys': 'a server that others can reach must not start where nobody could be let in; it learns yes or no.',
  'act for the user of this machine': 'an open server is called by whoever has the database anyway, from the machine that it is on.',
  'read what was committed': 'one reader serves all streams; each stream was asked whether its caller may see it, and is told ids alone.',
  'keep a listener': 'writers notify while somebody listens; that a server does is a fact of the server.',
  'read figures': 'counts over all projects, for who looks after the server; no row of any of them.',
  'tend the trail': 'analytics are refreshed, and silent runs marked stale, by a clock and over all projects.',
} as const;

export type TrustedAct = keyof typeof TRUSTED_ACTS;

/** The identity of an act that stands above. */
export function asSystem(_act: TrustedAct): Identity {
  return TRUSTED;
}

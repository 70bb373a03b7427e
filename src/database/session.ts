import type { Identity, Statement } from './port.js';

/**
 * The form in which values must come so that none loses anything, whatever the server's settings: Supabase's are
 * `extra_float_digits = 0`, with which 0.1 + 0.2 comes back as 0.3 and a page of a list loses its place. Transaction-local
 * too, since a pooler hands sessions around and may refuse settings at the start of one.
 */
export const OUTPUT_FORM: Statement = {
  text: "select set_config('extra_float_digits', '1', true), set_config('bytea_output', 'hex', true), set_config('DateStyle', 'ISO', true)",
};

/**
 * What must run first in a transaction for it to act as an identity: nothing for `trusted`.
 *
 * The only place where a role or claims are set, and always for one transaction: `set_config(..., true)` is SET LOCAL
 * with a parameter. Claims of null are written as an empty text, so that nothing left in the session shines through.
 * Supabase's `auth.uid()` reads `request.jwt.claims` too; the older `request.jwt.claim.sub` is not needed.
 */
export function sessionStatements(identity: Identity): Statement[] {
  if (identity.kind === 'trusted') return [];
  const { claims } = identity;
  return [
    {
      text: "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)",
      values: [claims === null ? 'anon' : 'authenticated', claims === null ? '' : JSON.stringify(claims)],
    },
  ];
}

/** What a section of the bench found: its text, and the gates that were missed. */
export interface Section {
  title: string;
  text: string;
  missed: string[];
}

/** A limit on a figure. `holds` is decided by the caller, since some limits are lower and some upper ones. */
export function gate(missed: string[], holds: boolean, what: string): string {
  if (!holds) missed.push(what);
  return holds ? 'ok' : 'MISSED';
}

import { OptrailError } from '../../errors.js';

/** The value, or `not_found` where there is none that the caller may see. */
export function present<T>(value: T | null, path: string, what: string): T {
  if (value !== null) return value;
  throw new OptrailError('not_found', `There is no such ${what}, or none that you may see.`, { path });
}

/** The same of what was to be deleted. */
export function wasThere(there: boolean, path: string, what: string): void {
  present(there ? true : null, path, what);
}

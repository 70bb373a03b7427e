import { OptrailError } from '../../errors.js';

/** The value, or `not_found` if it is null: absent and invisible rows are answered alike. */
export function present<T>(value: T | null, path: string, noun: string): T {
  if (value !== null) return value;
  throw new OptrailError('not_found', `The ${noun} does not exist, or you may not see it.`, { path });
}

/** The same for a deletion. */
export function wasThere(there: boolean, path: string, noun: string): void {
  present(there ? true : null, path, noun);
}

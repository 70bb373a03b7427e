import { OptrailError } from '../errors.js';

export const FORMATS = ['table', 'json', 'ndjson', 'csv', 'md'] as const;
export type Format = (typeof FORMATS)[number];

/** The options that every command takes, as commander gives them. */
export interface GlobalOptions {
  json?: true;
  output?: Format;
  db?: string;
  quiet?: true;
  color: boolean;
}

export function formatOf({ json, output }: Pick<GlobalOptions, 'json' | 'output'>): Format {
  if (json === true && output !== undefined && output !== 'json') {
    throw new OptrailError('invalid_input', `--json and --output ${output} contradict each other; leave one of them out.`);
  }
  return json === true ? 'json' : (output ?? 'table');
}

/** Whether a program reads the answer, and so wants an error as JSON too. Asked of the raw arguments, since they may be what is wrong. */
export function wantsJson(args: readonly string[]): boolean {
  const options = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  return options.some(
    (each, index) =>
      each === '--json' || /^--output=(nd)?json$/.test(each) || (each === '--output' && /^(nd)?json$/.test(options[index + 1] ?? '')),
  );
}

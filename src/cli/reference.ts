import { isOptrailError, OptrailError } from '../errors.js';
import { MAX_PAGE, type RunFiltersInput } from '../schemas/filters.js';
import { MAX_NAME_LENGTH } from '../schemas/primitives.js';
import type { OptimizationRun } from '../schemas/run.js';
import type { Context } from './context.js';
import { age } from './format/figures.js';
import { plainLine } from './format/plain.js';

const UUID = /^[\da-f]{8}-?([\da-f]{4}-?){3}[\da-f]{12}$/i;
const PREFIX = /^[\da-f]{4}[\da-f-]*$/i;
/** Most runs that are looked through for a prefix or a name. */
const MOST_SCANNED = 20_000;
const MOST_CANDIDATES = 10;
/** How far an id's own time may be from the database's. */
const CLOCK_ERROR = 2 * 86_400_000;

/** What a person calls a run: `latest`, an id, the beginning of one, or a name. */
export interface RunReference {
  readonly text: string;
  readonly projectId?: string | undefined;
}

/** A run, and perhaps one of its iterations: `latest#12`, `latest#best`. */
export interface IterationReference {
  readonly run: OptimizationRun;
  readonly iteration: number | 'best' | undefined;
}

/** Rejects with `not_found`, or with `ambiguous_id` and the candidates. */
export async function findRun(context: Context, reference: RunReference): Promise<OptimizationRun> {
  const run = await lookUp(context, reference);
  if (run !== undefined) return run;
  const { text, projectId } = reference;
  const place = projectId === undefined ? '' : ` in project ${projectId}`;
  if (text === 'latest') {
    throw new OptrailError('not_found', `There are no runs${place} yet.`, { hint: `${context.typed('demo')} records a first one.` });
  }
  throw new OptrailError('not_found', `There is no run "${text}"${place}.`, {
    hint: `${context.typed('runs list')} shows what there is. A run is named by its id, the first 4 characters of it or more, its whole name, or \`latest\`.`,
  });
}

/** The error of a run that was deleted while a command read it. */
export function noRun({ typed }: Context, text: string): OptrailError {
  return new OptrailError('not_found', `Run "${text}" was deleted meanwhile.`, { hint: `List runs with ${typed('runs list')}.` });
}

/** The same where an iteration may be named too. A run whose whole name ends like that is found by its name first. */
export async function findIteration(context: Context, reference: RunReference): Promise<IterationReference> {
  const [, text, iteration] = /^(.+)#(\d{1,10}|best)$/s.exec(reference.text) ?? [];
  if (text === undefined) return { run: await findRun(context, reference), iteration: undefined };
  const named = await byName(context, reference);
  if (named.length > 0) return { run: theNewest(context, reference.text, named), iteration: undefined };
  return { run: await findRun(context, { ...reference, text }), iteration: iteration === 'best' ? 'best' : Number(iteration) };
}

async function lookUp(context: Context, reference: RunReference): Promise<OptimizationRun | undefined> {
  const { text, projectId } = reference;
  const { reader, signal } = context;
  if (text === 'latest') return (await reader.listOptimizationRuns({ limit: 1, projectId }, { signal })).data[0];
  if (UUID.test(text)) return byId(context, reference);

  const begun = PREFIX.test(text) ? await byPrefix(context, reference) : [];
  const named = await byName(context, reference);
  const candidates = [...begun, ...named.filter(({ id }) => !begun.some((other) => other.id === id))];
  if (begun.length > 1 || (begun.length === 1 && candidates.length > 1)) throw ambiguous(text, candidates);
  return begun[0] ?? (named.length > 0 ? theNewest(context, text, named) : undefined);
}

async function byId({ reader, signal }: Context, { text, projectId }: RunReference): Promise<OptimizationRun | undefined> {
  const [, a, b, c, d, e] = /^(.{8})-?(.{4})-?(.{4})-?(.{4})-?(.{12})$/.exec(text) ?? [];
  try {
    return (await reader.getOptimizationRun([a, b, c, d, e].join('-'), { projectId, signal })) ?? undefined;
  } catch (error) {
    if (!isOptrailError(error) || error.code !== 'ambiguous_id') throw error;
    throw new OptrailError('ambiguous_id', error.message, { hint: 'Add --project <id>.' });
  }
}

async function byPrefix(context: Context, { text, projectId }: RunReference): Promise<OptimizationRun[]> {
  const digits = text.replaceAll('-', '').toLowerCase();
  const matches = ({ id }: OptimizationRun) => id.replaceAll('-', '').startsWith(digits);
  const [from, to] = ['0', 'f'].map((digit) => Number.parseInt(digits.slice(0, 12).padEnd(12, digit), 16));
  // Ids of version 7 begin with a time: most runs need not be looked at.
  const near = { createdAfter: timeAt((from ?? 0) - CLOCK_ERROR), createdBefore: timeAt((to ?? 0) + CLOCK_ERROR) };
  const found = await scan(context, { projectId, ...near }, matches);
  return found.length > 0 ? found : scan(context, { projectId }, matches);
}

async function byName(context: Context, { text, projectId }: RunReference): Promise<OptimizationRun[]> {
  if (text === '' || text.length > MAX_NAME_LENGTH) return [];
  return scan(context, { projectId, search: text }, ({ runName }) => runName === text);
}

/** Runs that match, the newest first. */
async function scan(
  { reader, signal }: Context,
  filters: RunFiltersInput,
  matches: (run: OptimizationRun) => boolean,
): Promise<OptimizationRun[]> {
  const found: OptimizationRun[] = [];
  let cursor: string | undefined;
  for (let seen = 0; seen < MOST_SCANNED; seen += MAX_PAGE) {
    const page = await reader.listOptimizationRuns({ ...filters, limit: MAX_PAGE, cursor }, { signal });
    found.push(...page.data.filter(matches));
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  return found;
}

function theNewest({ output }: Context, name: string, runs: readonly OptimizationRun[]): OptimizationRun {
  const [newest] = runs;
  if (newest === undefined) throw new TypeError('a list of runs that is not empty');
  if (runs.length > 1) output.note(`${runs.length} runs are named "${plainLine(name)}"; this is the newest, ${newest.id}`);
  return newest;
}

function ambiguous(text: string, runs: readonly OptimizationRun[]): OptrailError {
  const issues = runs.slice(0, MOST_CANDIDATES).map(({ id, runName, projectId, status, createdAt }) => ({
    path: id,
    message: `${runName} (${projectId}, ${status}, ${age(createdAt, Date.now())})`,
  }));
  const more = runs.length > issues.length ? `, of which ${issues.length} are shown` : '';
  return new OptrailError('ambiguous_id', `"${text}" may mean any of ${runs.length} runs${more}.`, {
    issues,
    path: '<run>',
    hint: 'Type more of the id.',
  });
}

/** As the filters take it: the year 9999 and no later. */
function timeAt(ms: number): Date {
  return new Date(Math.min(Math.max(ms, 0), Date.UTC(9999, 0)));
}

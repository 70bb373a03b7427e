/** Every room may import these; they import nothing themselves. */
const COMMON = ['errors'];

/**
 * The rooms of src/: what each is for, and what it may import besides itself and COMMON. A room that has rooms of its own is named
 * without them: `server` means the files that lie directly in src/server/. No arrow goes back up: the list is read from the foundation
 * to the doors. `npm run gen` draws the picture of ARCHITECTURE.md from it.
 */
export const ROOMS = {
  errors: { for: 'one error class, one catalogue of codes', imports: [] },
  schemas: {
    for: 'Zod schemas and the types they infer, one file a noun; the rule for "best"; long computations in time slices',
    imports: [],
  },
  prompt: { for: 'a program as a person reads it, for any optimizer library', imports: [] },
  config: { for: 'the environment, parsed once', imports: ['schemas'] },
  processes: { for: 'process identity, and a lock that ends with its process', imports: [] },
  trust: { for: 'verdicts: is a win real, what changed it, what it broke; pure functions', imports: ['schemas'] },
  database: { for: 'a connection and nothing else: engines, sessions, migrations', imports: ['processes'] },
  journal: { for: 'a file of writes that wait for the database', imports: ['processes', 'schemas'] },
  store: { for: 'SQL, one file a noun: parameters in, rows out', imports: ['database', 'schemas'] },
  'store/sample-ingest': {
    for: 'the fast path of sample batches: known examples, columns, a thread',
    imports: ['database', 'schemas', 'store'],
  },
  'client/functions': { for: 'the helper functions, one file a noun: types, arguments, results, REST routes', imports: ['schemas'] },
  client: { for: 'the one table of operations, and the checks of their arguments', imports: ['client/functions', 'schemas'] },
  'client/direct': {
    for: 'the helper functions over a database',
    imports: ['client', 'client/functions', 'database', 'prompt', 'schemas', 'store', 'store/sample-ingest', 'trust'],
  },
  'client/http': { for: 'the helper functions over a server', imports: ['client', 'client/functions', 'schemas'] },
  'client/open': {
    for: '`createClient`: finds the target, opens it on the first call, routes each call',
    imports: [
      'client',
      'client/direct',
      'client/functions',
      'client/http',
      'config',
      'database',
      'journal',
      'processes',
      'schemas',
      'store/sample-ingest',
    ],
  },
  'recorder/sanitize': {
    for: 'turns any value of a caller into records that can be stored',
    imports: ['recorder/options', 'recorder/port', 'recorder/warnings', 'schemas'],
  },
  'recorder/queue': {
    for: 'the queue between a run and the database: batches, retries, spills to the journal',
    imports: [
      'client/functions',
      'client/operations',
      'client/port',
      'journal/port',
      'recorder/port',
      'recorder/sanitize',
      'recorder/timers',
      'recorder/warnings',
      'schemas',
    ],
  },
  recorder: {
    for: '`trackRun`: a run whose recording survives a failing database',
    imports: ['client/port', 'journal/port', 'recorder/queue', 'recorder/sanitize', 'schemas'],
  },
  optimizers: { for: 'one folder a library: its events as records', imports: ['recorder', 'schemas'] },
  demo: { for: 'the data set and offline model of `npm start`', imports: ['optimizers', 'recorder', 'schemas'] },
  'server/http': {
    for: 'HTTP without routes: bodies, queries, replies, problems, deadlines',
    imports: ['schemas', 'server/env', 'server/port'],
  },
  'server/access': {
    for: 'authentication, rate limits, origins',
    imports: ['client/port', 'schemas', 'server/env', 'server/http', 'server/port'],
  },
  'server/live': { for: 'server-sent events', imports: ['schemas', 'server/port', 'server/position'] },
  'server/openapi': {
    for: 'the OpenAPI document, made from routes and schemas',
    imports: ['schemas', 'server/http', 'server/openapi-types', 'server/route', 'server/version'],
  },
  'server/docs': {
    for: 'the page at `/docs`, made from the OpenAPI document',
    imports: ['client/functions', 'server/http', 'server/openapi', 'server/openapi-types'],
  },
  'server/routes': {
    for: 'one file a noun: request in, helper function, reply out',
    imports: [
      'client/functions',
      'client/operations',
      'client/port',
      'schemas',
      'server/docs',
      'server/http',
      'server/live',
      'server/openapi',
      'server/port',
      'server/route',
      'server/version',
    ],
  },
  server: {
    for: 'the app: middleware and routes; it never listens',
    imports: ['client/functions', 'client/port', 'schemas', 'server/access', 'server/http', 'server/openapi', 'server/routes'],
  },
  'server/backend': {
    for: 'the database behind the server: identities, events, maintenance',
    imports: [
      'client/checked-call',
      'client/direct',
      'client/open',
      'client/port',
      'database',
      'schemas',
      'server/fair-share',
      'server/port',
      'server/position',
      'store',
    ],
  },
};

/** The package's entry points, as package.json exports them: they compose the defaults, and may import any room. */
export const ENTRIES = ['index', 'edge', 'ax', 'server', 'trust', 'vitest'];

/** Rooms that only the rooms named here may import, if the arrows alone would allow more. */
const DOORS = {
  'client/direct': ['cli', 'client/open', 'server/backend'],
  demo: ['cli'],
};

/** Rooms that run on an edge runtime and in a browser, and the packages that run there too. */
const PORTABLE = [
  ...COMMON,
  'schemas',
  'prompt',
  'trust',
  'journal/port',
  'client',
  'client/functions',
  'client/http',
  'recorder',
  'recorder/queue',
  'recorder/sanitize',
  'optimizers',
  'demo',
];
const PORTABLE_ENTRIES = ['edge', 'trust'];
const PORTABLE_PACKAGES = ['@ax-llm/ax', 'canonicalize', 'diff', 'jstat', 'p-map', 'pure-rand', 'uuidv7', 'zod'];

const NAMES = [...Object.keys(ROOMS), 'cli'];

/** @param {string} name of a room, or of a single file as `client/port` */
function pattern(name) {
  const hasRooms = NAMES.some((room) => room.startsWith(`${name}/`));
  return hasRooms ? `${name}/[^/]+[.]ts$` : `${name}(/|[.]ts$)`;
}

/** @param {string[]} names of rooms and files */
const inside = (names) => `^src/(${names.map(pattern).join('|')})`;

/** @param {string[]} names */
const packages = (names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

/**
 * @param {string} name
 * @param {string} comment
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['from']} from
 * @param {import('dependency-cruiser').IRegularForbiddenRuleType['to']} to
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const entries = `^src/(${ENTRIES.join('|')})[.]ts$`;
const portableEntries = `^src/(${PORTABLE_ENTRIES.join('|')})[.]ts$`;
const started = [
  '^src/schemas/index[.]ts$',
  '[.]d[.]ts$',
  '^src/cli/main[.]ts$',
  '^src/database/embedded/worker[.]ts$',
  '^src/store/sample-ingest/worker[.]ts$',
  '^src/client/direct/verdict/worker[.]ts$',
];

const arrows = Object.entries(ROOMS).map(([room, { imports: others }]) =>
  forbid(
    `arrow/${room}`,
    `${room} imports ${[...COMMON, ...others].join(', ')} and nothing else of src/.`,
    { path: inside([room]), pathNot: entries },
    { path: '^src/', pathNot: inside([room, ...(COMMON.includes(room) ? [] : COMMON), ...others]) },
  ),
);

const doors = Object.entries(DOORS).map(([room, visitors]) =>
  forbid(
    `door/${room}`,
    `${room} is imported by ${visitors.join(', ')} and nothing else of src/.`,
    { path: '^src/', pathNot: inside([room, ...visitors]) },
    { path: inside([room]) },
  ),
);

export default {
  forbidden: [
    ...arrows,
    ...doors,
    forbid(
      'unknown-room',
      'Give the new room its arrows in .dependency-cruiser.mjs.',
      { path: '^src/', pathNot: [entries, inside(NAMES)] },
      {},
    ),
    forbid(
      'portable',
      'This room runs on an edge runtime and in a browser: it imports rooms and packages that do so too, and no node:.',
      { path: [inside(PORTABLE), portableEntries] },
      { pathNot: [inside(PORTABLE), portableEntries, packages(PORTABLE_PACKAGES)] },
    ),
    forbid(
      'ax-is-optional',
      'A user may not have @ax-llm/ax: import its types, or the package with import() where it is needed.',
      { path: '^src/' },
      { path: packages(['@ax-llm/ax']), dynamic: false, dependencyTypesNot: ['type-only', 'type-import'] },
    ),
    forbid(
      'dashboard',
      'The dashboard knows HTTP, the schemas, and what every door computes the same way: prompts and verdicts. Nothing else of src/.',
      { path: '^dashboard/src/' },
      { path: '^src/', pathNot: inside(['schemas', 'prompt', 'trust']) },
    ),
    forbid('dashboard-is-a-leaf', 'The dashboard is built and served as files.', { path: '^src/' }, { path: '^dashboard/' }),
    forbid('no-circle', 'Types count too.', {}, { circular: true }),
    forbid('no-orphan', 'It imports nothing and nothing imports it.', { orphan: true, path: '^src/', pathNot: [entries, ...started] }, {}),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};

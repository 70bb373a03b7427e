/** What every room may import; it imports nothing itself. */
const COMMON = ['errors', 'turns'];

/** The rooms of src/, and what each may import beside itself and what is common. The faces and cli may import any room. */
const ARROWS = {
  ...Object.fromEntries(COMMON.map((room) => [room, []])),
  schemas: [],
  prompt: [],
  standing: ['schemas'],
  config: ['schemas'],
  processes: [],
  database: ['processes'],
  journal: ['processes', 'schemas'],
  store: ['database', 'schemas'],
  client: ['schemas'],
  'client/direct': ['client', 'database', 'schemas', 'store'],
  recorder: ['client/port', 'journal/port', 'schemas', 'standing'],
  optimizers: ['recorder', 'schemas'],
  demo: ['optimizers', 'recorder', 'schemas'],
  operations: ['database', 'journal', 'store'],
  server: ['client/port', 'client/validate', 'operations', 'schemas'],
};

/** The package's entry points, and what they share: they compose the defaults. */
const FACES = ['index', 'edge', 'ax', 'server', 'open', 'places', 'connection', 'joining', 'journals', 'trail'];

/** Who may enter, where the arrows alone would let more in: client/http may not reach the database, nor a face the demo. */
const DOORS = {
  'client/direct': ['cli', ...FACES],
  demo: ['cli'],
};

/** What runs on an edge runtime and in a browser, and the packages that run there too. */
const PORTABLE = [
  ...COMMON,
  'schemas',
  'prompt',
  'standing',
  '[^/]+/port',
  'client/arguments',
  'client/validate',
  'client/http',
  'recorder',
  'optimizers',
  'demo',
  'edge',
];
const PORTABLE_PACKAGES = ['@ax-llm/ax', 'canonicalize', 'p-map', 'uuidv7', 'zod'];

/** @param {string[]} names of folders, and of files without their extension */
const inside = (names) => `^src/(${names.join('|')})(/|[.]ts$)`;

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

const faces = `^src/(${FACES.join('|')})[.]ts$`;
const started = [
  '^src/schemas/index[.]ts$',
  '^src/cli/main[.]ts$',
  '^src/database/embedded/worker[.]ts$',
  '^src/client/direct/samples/worker[.]ts$',
];

const arrows = Object.entries(ARROWS).map(([room, others]) =>
  forbid(
    `arrow/${room}`,
    `${room} imports ${[...COMMON, ...others].join(', ')} and nothing else of src/.`,
    { path: inside([room]), pathNot: room === 'client' ? inside(['client/direct']) : faces },
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
      { path: '^src/', pathNot: [faces, inside(['cli', ...Object.keys(ARROWS)])] },
      {},
    ),
    forbid(
      'portable',
      'This room runs on an edge runtime and in a browser: it imports rooms and packages that do so too, and no node:.',
      { path: inside(PORTABLE) },
      { pathNot: [inside(PORTABLE), packages(PORTABLE_PACKAGES)] },
    ),
    forbid(
      'ax-is-optional',
      'A user may not have @ax-llm/ax: import its types, or the package with import() where it is needed.',
      { path: '^src/' },
      { path: packages(['@ax-llm/ax']), dynamic: false, dependencyTypesNot: ['type-only', 'type-import'] },
    ),
    forbid(
      'dashboard',
      'The dashboard knows HTTP, the schemas, and what is told the same everywhere: prompts and standings. Nothing else of src/.',
      { path: '^dashboard/src/' },
      { path: '^src/', pathNot: inside(['schemas', 'prompt', 'standing']) },
    ),
    forbid('dashboard-is-a-leaf', 'The dashboard is built and served as files.', { path: '^src/' }, { path: '^dashboard/' }),
    forbid('no-circle', 'Types count too.', {}, { circular: true }),
    forbid('no-orphan', 'It imports nothing and nothing imports it.', { orphan: true, path: '^src/', pathNot: [faces, ...started] }, {}),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'default'] },
  },
};

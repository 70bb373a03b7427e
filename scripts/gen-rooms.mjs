// Draws the rooms of src/ into ARCHITECTURE.md, from the table that the layer rules are made of.
import { readFile } from 'node:fs/promises';
import { ENTRIES, ROOMS } from '../.dependency-cruiser.mjs';
import { generated } from './lib/generated.mjs';

const FILE = 'ARCHITECTURE.md';
const [BEGIN, END] = ['<!-- rooms: written by `npm run gen` -->', '<!-- /rooms -->'];
/** Almost every room imports these, so that their arrows would hide the others. */
const NOT_DRAWN = ['errors', 'schemas'];

/** @param {string} name of a room, or of a file in it as `client/port` */
const roomOf = (name) => (name in ROOMS ? name : name.slice(0, name.lastIndexOf('/')));
/** @param {string} room */
const node = (room) => room.replaceAll('/', '_');

const groups = [...new Set(Object.keys(ROOMS).map((room) => room.split('/')[0]))];
const boxes = groups.flatMap((group) => {
  const rooms = Object.keys(ROOMS).filter((room) => room.split('/')[0] === group);
  const nodes = rooms.map((room) => `  ${node(room)}["${room}"]`);
  return nodes.length === 1 ? nodes : [`  subgraph ${group}_rooms ["${group}/"]`, ...nodes, '  end'];
});
const drawn = Object.entries(ROOMS).flatMap(([room, { imports }]) =>
  [...new Set(imports.map(roomOf))]
    .filter((other) => other !== room && !NOT_DRAWN.includes(other))
    .map((other) => `  ${node(room)} --> ${node(other)}`),
);
const rows = Object.entries(ROOMS).map(([room, { for: purpose, imports }]) => {
  const names = imports.map((name) => `\`${name}\``).join(', ');
  return `| \`${room}\` | ${purpose} | ${names || 'nothing'} |`;
});

const section = `${BEGIN}
\`\`\`mermaid
flowchart TD
  entries["${ENTRIES.join(', ')}: the package's entry points"]
  cli["cli: main, and one file a command"]
${boxes.join('\n')}
  entries --> optimizers
  entries --> recorder
  entries --> client_open
  entries --> server
  entries --> server_backend
  entries --> trust
  cli --> demo
  cli --> entries
${drawn.join('\n')}
\`\`\`

| room | for | may import |
| --- | --- | --- |
${rows.join('\n')}
| \`cli\` | the commands; a door like the entry points | any room |
| \`dashboard/\` | the page; everything else over HTTP | \`schemas\`, \`prompt\`, \`trust\` |
${END}`;

const text = await readFile(FILE, 'utf8');
const [before, rest] = text.split(BEGIN);
const after = rest?.split(END)[1];
if (before === undefined || after === undefined) throw new Error(`${FILE} has no section between ${BEGIN} and ${END}`);
await generated(FILE, before + section + after);

/*
 * npx tsx bench/peers.ts [--trials 500]: only the peers of `npm run bench -- --peers`. At the full size it writes bench/peers.md.
 */
import { parseArgs } from 'node:util';
import { benchPeers, FULL_TRIALS } from './peers/bench.js';
import { pythonEnvironment } from './peers/environment.js';

const { values: options } = parseArgs({ options: { trials: { type: 'string', default: String(FULL_TRIALS) } } });
const note = (text: string) => process.stderr.write(`${text}\n`);
const { title, text } = await benchPeers(await pythonEnvironment(note), Number(options.trials), note);
process.stdout.write(`# ${title}\n\n${text}\n`);

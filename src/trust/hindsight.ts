import type { Hindsight } from '../schemas/receipt.js';
import type { RecordedIteration } from '../schemas/recorded-run.js';
import { pairSides } from './comparison.js';
import type { RunProgramRecord, RunReader } from './record.js';
import { points } from './sentence.js';
import { pairWord } from './words.js';

type Spend = Hindsight['total'];

/** When the run could have stopped: the earliest complete candidate that the winner does not beat. */
export function hindsightOf(reader: RunReader, winner: RunProgramRecord | null): Hindsight {
  const ordered = [...reader.run.iterations].sort((left, right) => left.iteration - right.iteration);
  const total = spendOf(reader, ordered, reader.run.endTime);
  const base = { runId: reader.run.runId, projectId: reader.run.projectId, total };
  const open = { enough: null, winner: null, until: null, after: null, gain: null };
  if (winner === null) return { ...base, ...open, sentence: 'No complete evaluation was recorded.' };
  const found = reader.programs.find((program) => isEnough(reader, program, winner));
  const shown = reader.candidate(winner);
  if (found === undefined || found.index === winner.index) {
    return {
      ...base,
      ...open,
      winner: shown,
      sentence: `No candidate before iteration ${shown.iteration} was as good, as far as the examples tell.`,
    };
  }
  const enough = reader.candidate(found);
  const { pair } = pairSides(side(reader, found), side(reader, winner));
  const until = spendOf(
    reader,
    ordered.filter(({ iteration }) => iteration <= enough.iteration),
    reader.evaluations(found, ['full'])[0]?.endTime ?? null,
  );
  const after = rest(total, until);
  const cost = after.costUsd === null ? '' : ` (US$${after.costUsd.toFixed(2)})`;
  const sentence =
    `You could have stopped at call ${until.calls} of ${total.calls}, iteration ${enough.iteration}; the other ${after.calls} calls${cost} bought ` +
    `${points(pair.difference, reader.range)} that ${pair.n} examples cannot tell from nothing.`;
  return { ...base, enough, winner: shown, until, after, gain: pair.difference, sentence };
}

const side = (reader: RunReader, program: RunProgramRecord) => ({ reader, program, kinds: ['full'] as const });

/** Complete on the winner's examples, and not beaten by it. */
function isEnough(reader: RunReader, program: RunProgramRecord, winner: RunProgramRecord): boolean {
  if (reader.evaluations(program, ['full']).length === 0) return false;
  if (program.index === winner.index) return true;
  const sides = pairSides(side(reader, program), side(reader, winner));
  if (sides.pair.n === 0 || sides.leftOut > 0) return false;
  return pairWord(sides.pair) !== 'real';
}

/** Spent by the given iterations; costs that nobody recorded are unknown, and not zero. */
export function spendOf(reader: RunReader, iterations: readonly RecordedIteration[], endTime: number | null): Spend {
  const costs = iterations.flatMap(({ costUsd }) => costUsd ?? []);
  const { startTime } = reader.run;
  return {
    calls: iterations.reduce((sum, { iteration }) => sum + reader.calls(iteration), 0),
    costUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    timeMs: startTime === null || endTime === null ? null : Math.max(0, endTime - startTime),
  };
}

function rest(total: Spend, until: Spend): Spend {
  const minus = (whole: number | null, part: number | null) => (whole === null || part === null ? null : Math.max(0, whole - part));
  return { calls: total.calls - until.calls, costUsd: minus(total.costUsd, until.costUsd), timeMs: minus(total.timeMs, until.timeMs) };
}

import type { TrackedRun } from '../../recorder/port.js';
import type { AxOptimizer, AxProgram, ComponentMap } from './surface.js';

/** Ax's own default is every tenth round: too seldom for a run of ten. */
const EVERY_ROUND = 1;

/** The fields of Ax's optimizers that say where checkpoints go. Its compile options for them reach no optimizer of Ax 24. */
interface CheckpointFields {
  checkpointSave?: unknown;
  checkpointLoad?: unknown;
  checkpointInterval?: unknown;
}

/**
 * Has Ax's checkpoints kept with the run while it compiles, beside where the user keeps them, and hands back what an earlier
 * attempt stored last. GEPA of Ax 24 writes checkpoints and reads none: its run goes on from the best texts. Returns the way
 * to set everything back.
 */
export function keepCheckpoints(optimizer: AxOptimizer, run: TrackedRun): () => void {
  if (Object.isFrozen(optimizer)) return () => undefined;
  const fields = optimizer as unknown as CheckpointFields;
  const { checkpointSave: save, checkpointLoad: load, checkpointInterval: interval } = fields;
  fields.checkpointSave = async (state: unknown) => {
    // Not waited for: an optimizer does not stand still for its record.
    void run.checkpoint(portable(state)).catch(() => undefined);
    return typeof save === 'function' ? save.call(optimizer, state) : run.id;
  };
  fields.checkpointLoad = async (name: unknown) =>
    (typeof load === 'function' ? await load.call(optimizer, name) : null) ?? run.resumed?.checkpoint?.state ?? null;
  if (typeof save !== 'function') fields.checkpointInterval = EVERY_ROUND;
  return () => {
    fields.checkpointSave = save;
    fields.checkpointLoad = load;
    fields.checkpointInterval = interval;
  };
}

/** Sets a program to the best texts of a run that goes on. The number of the iteration they come from, or null where there are none. */
export function startFromBest(program: AxProgram, { resumed }: TrackedRun): number | null {
  const best = resumed?.best ?? null;
  const texts = componentsOf(best?.program);
  if (best === null || texts === null || program.applyOptimizedComponents === undefined) return null;
  program.applyOptimizedComponents(texts);
  return best.iteration;
}

/** GEPA hands its compile options over as its state: the user's functions, examples and services, keys and all. Of these, the settings alone. */
function portable(state: unknown): unknown {
  if (typeof state !== 'object' || state === null || !('optimizerState' in state)) return state;
  const settings = Object.entries(state.optimizerState ?? {}).filter(([, value]) => ['number', 'boolean', 'string'].includes(typeof value));
  return { ...state, optimizerState: Object.fromEntries(settings) };
}

function componentsOf(program: unknown): ComponentMap | null {
  const texts: unknown = typeof program === 'object' && program !== null && 'componentMap' in program ? program.componentMap : null;
  if (typeof texts !== 'object' || texts === null) return null;
  return Object.values(texts).every((text) => typeof text === 'string') ? (texts as ComponentMap) : null;
}

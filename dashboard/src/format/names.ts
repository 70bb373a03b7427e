const OPTIMIZERS: Readonly<Record<string, string>> = {
  gepa: 'GEPA',
  ax_gepa: 'GEPA',
  miprov2: 'MIPROv2',
  mipro: 'MIPRO',
  copro: 'COPRO',
  simba: 'SIMBA',
  ace: 'ACE',
  bootstrap_fewshot: 'BootstrapFewShot',
  bootstrap_few_shot: 'BootstrapFewShot',
  textgrad: 'TextGrad',
  random: 'Random search',
  custom: 'The run',
};

/** An optimizer as its authors write it; one that is not known stays as it was recorded. */
export const optimizerName = (type: string): string => OPTIMIZERS[type.toLowerCase()] ?? type;

/** Names of fields that say nothing of what an example is. */
const SILENT = new Set(['input', 'text', 'value', 'data', 'prompt', 'query', 'messages', 'context', 'passage']);

/** The word for a run's examples, `tickets`, from the one field of an input; `examples` if it has no such field. */
export function unitOf(input: unknown): string {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return 'examples';
  const [key, ...others] = Object.keys(input);
  if (key === undefined || others.length > 0 || SILENT.has(key) || !/^[a-z]{3,16}$/.test(key)) return 'examples';
  return key.endsWith('y') ? `${key.slice(0, -1)}ies` : `${key}s`;
}

/** The word for one of them. */
export const oneOf = (unit: string): string => (unit.endsWith('ies') ? `${unit.slice(0, -3)}y` : unit.replace(/s$/, ''));

import { promptText } from '../../optimizers/ax/candidate.js';
import { conversation } from './conversation.js';
import { demonstrations } from './demonstrations.js';
import { dspyText } from './dspy.js';

/** A program as text, and whether its shape was one that is known, so that nothing of it is missing. */
export interface ProgramText {
  readonly text: string;
  readonly known: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

/** Where libraries keep the prompt itself, the usual place first. */
const PROMPT_KEYS = ['instruction', 'instructions', 'prompt', 'system', 'system_prompt', 'systemPrompt', 'template', 'text'];
const DEMO_KEYS = ['demos', 'demonstrations', 'examples', 'few_shot'];

/**
 * What a person would paste: the text of a prompt, the instruction followed by its demonstrations, a conversation, or the
 * parts of a program of several prompts under their names. Knows what Ax, DSPy and GEPA write; anything else is shown as JSON.
 */
export function programText(program: unknown): ProgramText {
  const text = readable(program);
  return text === null || text.trim() === '' ? { text: JSON.stringify(program, null, 2), known: false } : { text, known: true };
}

function readable(program: unknown): string | null {
  if (typeof program === 'string') return program;
  if (Array.isArray(program)) return conversation(program);
  if (typeof program !== 'object' || program === null) return null;
  const fields = program as Fields;
  return promptText(fields) ?? conversation(fields.messages) ?? single(fields) ?? titledParts(dspyText(fields)) ?? components(fields);
}

/** An instruction with its demonstrations. */
function single(fields: Fields): string | null {
  const key = PROMPT_KEYS.find((each) => typeof fields[each] === 'string' && fields[each] !== '');
  if (key === undefined) return null;
  const demos = demonstrations(DEMO_KEYS.map((each) => fields[each]).find(Array.isArray));
  return [fields[key] as string, demos].filter((part) => part !== '').join('\n\n');
}

/** GEPA's candidate: texts by the name of their component, and nothing else. */
function components(fields: Fields): string | null {
  const entries = Object.entries(fields);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return null;
  return titledParts(entries.filter(([, text]) => text !== ''));
}

function titledParts(parts: readonly (readonly [name: string, text: string])[]): string | null {
  const [first] = parts;
  if (first === undefined) return null;
  return parts.length === 1 ? first[1] : parts.map(([name, text]) => `# ${name}\n${text}`).join('\n\n');
}

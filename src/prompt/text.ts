import { demonstrations } from './demonstrations.js';
import type { PromptField, PromptPart } from './part.js';
import { promptParts } from './parts.js';

/** A program as text, and whether its shape is known: then every string of it stands in the text. */
export interface ProgramText {
  readonly text: string;
  readonly known: boolean;
}

/**
 * Text to paste: one prompt, an instruction followed by its demonstrations, a conversation, or several parts under their names. Reads
 * the shapes of Ax, DSPy and GEPA; any other program is shown as JSON.
 */
export function programText(program: unknown): ProgramText {
  const parts = promptParts(program);
  if (parts === null) return { text: JSON.stringify(program, null, 2) ?? 'null', known: false };
  const isOnly = parts.filter(({ text }) => text !== '').length === 1 && parts.every(({ kind }) => kind === 'prompt');
  return { text: parts.map((part) => partText(part, isOnly)).join('\n\n'), known: true };
}

/** A part as text: its instruction, its described fields, then its demonstrations. */
export function partText({ name, text, fields, demos }: PromptPart, isOnly = true): string {
  if (text === '') return demonstrations(demos, name === null ? undefined : `# Demonstrations for ${name}`);
  const titled = isOnly || name === null ? text : `# ${name}\n${text}`;
  return [titled, fieldList(fields), demonstrations(demos)].filter((each) => each !== '').join('\n\n');
}

function fieldList(fields: readonly PromptField[]): string {
  if (fields.length === 0) return '';
  return ['# Fields', ...fields.map(({ name, description }) => (description === '' ? name : `${name}: ${description}`))].join('\n');
}

import type { JsonValue } from '../../../src/schemas/json.js';

/** A text of a program, and where in it. */
export interface ProgramText {
  /** Like `classify.instruction`; empty where the program itself is a text. */
  path: string;
  text: string;
}

/** Every text of a program in its order: what a person calls its prompts. Other values are left to the JSON. */
export function programTexts(program: JsonValue | null, path = ''): ProgramText[] {
  if (typeof program === 'string') return [{ path, text: program }];
  if (typeof program !== 'object' || program === null) return [];
  const at = (key: string | number) => (path === '' ? String(key) : `${path}.${key}`);
  if (Array.isArray(program)) return program.flatMap((item, index) => programTexts(item, at(index)));
  return Object.entries(program).flatMap(([key, item]) => programTexts(item, at(key)));
}

/** The program as one text, to read and to copy: the prompt itself where there is one, else each under its name. */
export function programAsText(program: JsonValue | null): string {
  const texts = programTexts(program);
  const [only] = texts;
  if (only === undefined) return program === null ? '' : JSON.stringify(program, null, 2);
  if (texts.length === 1) return only.text;
  return texts.map(({ path, text }) => `# ${path}\n${text}`).join('\n\n');
}

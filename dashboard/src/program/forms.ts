import { conversation } from '../../../src/prompt/conversation.js';
import { axFile, dspyFile } from '../../../src/prompt/program-files.js';
import type { OptimizationRun } from '../../../src/schemas/run.js';
import { programText } from '../model/prompt.js';

/** What the prompt is taken along as. */
export const FORMS = ['text', 'messages', 'dspy', 'ax', 'typescript', 'curl', 'cli', 'json'] as const;
export type Form = (typeof FORMS)[number];

interface Winner {
  readonly run: OptimizationRun;
  readonly iteration: number;
  readonly program: unknown;
  readonly programText: string | null;
  readonly score: number | null;
}

/** The winner's program in a form that can be pasted where it is used. */
export function inForm(form: Form, winner: Winner, origin: string): string {
  return MAKERS[form](winner, origin);
}

const MAKERS: Record<Form, (winner: Winner, origin: string) => string> = {
  text: ({ program }) => programText(program).text,
  messages: ({ program }) => JSON.stringify(messagesOf(program), null, 2),
  dspy: (winner) => dspyForm(winner),
  ax: (winner) => axForm(winner),
  typescript: ({ run, program, iteration }) =>
    `/** ${commentText(run.runName)}, iteration ${iteration}. */\nexport const prompt = ${JSON.stringify(programText(program).text)};\n`,
  curl: ({ run }, origin) =>
    `curl -s ${quoted(`${origin}/v1/runs/${run.id}/best?projectId=${encodeURIComponent(run.projectId)}`)} -H "Authorization: Bearer $OPTRAIL_API_KEY"`,
  cli: ({ run }) => `optrail best ${run.id} --format text`,
  json: ({ program, programText: recorded }) => recorded ?? JSON.stringify(program, null, 2),
};

function messagesOf(program: unknown): readonly { role: string; content: string }[] {
  const inside = typeof program === 'object' && program !== null && 'messages' in program ? program.messages : program;
  const parts = conversation(inside);
  if (parts !== null) return parts.map(({ name, text }) => ({ role: name ?? 'system', content: text }));
  return [{ role: 'system', content: programText(program).text }];
}

/** DSPy's own state for `program.load`; for any other program a predictor with the prompt as its instructions. */
function dspyForm({ run, program, programText: recorded }: Winner): string {
  const file = dspyFile(run, program, recorded);
  if (file !== null) return file;
  return [
    'import dspy',
    '',
    `signature = dspy.Signature("input -> output", ${JSON.stringify(programText(program).text)})`,
    'program = dspy.Predict(signature)',
    '',
  ].join('\n');
}

/** Ax's own program for `axDeserializeOptimizedProgram`; for any other program a generator with the prompt as its instruction. */
function axForm({ run, program, score }: Winner): string {
  const file = axFile(run, score, program);
  if (file !== null) return file;
  return [
    "import { ax } from '@ax-llm/ax';",
    '',
    "const program = ax('input:string -> output:string');",
    `program.setInstruction(${JSON.stringify(programText(program).text)});`,
    '',
  ].join('\n');
}

/** One line that cannot end a comment. */
const commentText = (text: string) => text.replaceAll(/[\r\n]+/g, ' ').replaceAll('*/', '* /');
/** One word for a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Words of a text, as the copy button counts them. */
export const countWords = (text: string): number => text.split(/\s+/).filter(Boolean).length;

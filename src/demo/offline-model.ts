import type { AxModule, AxService } from './load-ax.js';
import { classify } from './offline-student.js';
import { criticize, reflect } from './offline-teacher.js';
import { remarksIn } from './remark.js';

const OFFLINE_MODEL = 'optrail-offline-stand-in';

/** Characters to a token, by the usual rule of thumb. */
const CHARACTERS_PER_TOKEN = 4;

/** A sentence that tells a reader what the stand-in is; to be shown wherever its results are. */
export const OFFLINE_NOTICE =
  'The offline model is a word matcher that stands in for a language model: the optimizer is real, the gain is of a toy.';

/**
 * A stand-in for a language model, so that a real optimizer runs without a key and without a network. **It is no language
 * model**: it counts words, and follows `"word" => label` lines in the instruction and the demonstrations in the prompt. Asked
 * by GEPA to reflect, it guesses such lines from the feedback it is shown. The same prompt always gets the same answer. It
 * can do the ticket triage of this demo and nothing else; token counts are a quarter of the characters.
 */
export function createOfflineModel({ AxMockAIService }: AxModule): AxService {
  return new AxMockAIService({
    name: 'offline',
    modelInfo: { name: OFFLINE_MODEL },
    features: { functions: false, streaming: false },
    chatResponse: async (request) => {
      const messages = request.chatPrompt.map(({ role, ...rest }) => ({
        role,
        content: 'content' in rest ? String(rest.content ?? '') : '',
      }));
      const content = answer(messages);
      const promptTokens = tokensIn(messages.map((message) => message.content).join('\n'));
      const completionTokens = tokensIn(content);
      return {
        results: [{ index: 0, content, finishReason: 'stop' }],
        modelUsage: {
          ai: 'offline',
          model: OFFLINE_MODEL,
          tokens: { promptTokens, completionTokens, totalTokens: promptTokens + completionTokens },
        },
      };
    },
  });
}

interface Message {
  readonly role: string;
  readonly content: string;
}

/** Tells by the field that Ax asks for which part the stand-in is to play. */
function answer(messages: readonly Message[]): string {
  const system = messages[0]?.content ?? '';
  const asked = messages.at(-1)?.content ?? '';
  if (system.includes('(wire key: `feedbackSummary`)')) return `Feedback Summary: ${criticize(remarksIn(asked))}`;
  if (system.includes('(wire key: `newValue`)')) {
    return `New Value: ${reflect(field(asked, 'Current Value'), field(asked, 'Feedback Summary'))}`;
  }
  const turns = messages.slice(1, -1);
  const label = classify({
    instruction: /<task_definition>\n([\s\S]*?)\n<\/task_definition>/.exec(system)?.[1] ?? '',
    labels: /Allowed values: (.+)/.exec(system)?.[1]?.split(/,\s*/) ?? [],
    demos: turns.flatMap((turn, index) =>
      turn.role === 'user' ? [{ text: field(turn.content, 'Ticket'), label: field(turns[index + 1]?.content ?? '', 'Category') }] : [],
    ),
    text: field(asked, 'Ticket'),
  });
  return `Category: ${label}`;
}

/** The value of a field in a prompt as Ax writes it: up to the next field or the end. */
function field(prompt: string, title: string): string {
  const start = prompt.lastIndexOf(`${title}: `);
  if (start < 0) return '';
  const [value = ''] = prompt.slice(start + title.length + 2).split(/\n\n(?=[A-Z][A-Za-z ]*: )/);
  return value.trim();
}

function tokensIn(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

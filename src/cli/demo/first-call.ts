import type { Provider } from '../../demo/live.js';
import type { AxService } from '../../demo/load-ax.js';
import { OptrailError } from '../../errors.js';
import { plainLine } from '../format/plain.js';

/** Makes one small call, so that a key that is refused is told at once, and not by hundreds of tickets that came to nothing. */
export async function assertAnswers(
  service: AxService,
  { name, model, variable, apiKey }: Provider,
  abortSignal: AbortSignal,
): Promise<void> {
  try {
    await service.chat({ chatPrompt: [{ role: 'user', content: 'Answer with one word: ready' }] }, { stream: false, abortSignal });
  } catch (cause) {
    // Some providers take the key in the URL, which their errors name.
    const reason = plainLine(String(cause instanceof Error ? cause.message : cause)).replaceAll(apiKey, '***');
    throw new OptrailError('not_configured', `${model} of ${name} did not answer: ${reason}`, { hint: `Check the key in ${variable}.` });
  }
}

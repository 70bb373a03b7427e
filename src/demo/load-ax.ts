import { OptrailError } from '../errors.js';

export type AxModule = typeof import('@ax-llm/ax');
export type AxService = import('@ax-llm/ax').AxAIService;

/**
 * Loads `@ax-llm/ax`, which only those who optimize with it have to install.
 *
 * @throws {OptrailError} `missing_dependency`, with the install command as its hint
 */
export async function loadAx(): Promise<AxModule> {
  try {
    return await import('@ax-llm/ax');
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    throw new OptrailError('missing_dependency', 'The demo optimizes with Ax, which is not installed.', {
      hint: 'npm install @ax-llm/ax@24',
      cause,
    });
  }
}

function isMissing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return code === 'ERR_MODULE_NOT_FOUND' && String(message).includes('@ax-llm/ax');
}

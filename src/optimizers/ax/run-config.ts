import type { AxService } from './surface.js';

/** Longest text that the run's indexed columns take. */
const MAX_NAME_LENGTH = 200;

/** A run's configuration in the shape that Optrail filters by; the caller's own keys win, save for the optimizer's name. */
export function runConfig(
  optimizer: string,
  name: { metric: string | undefined; model: string | undefined },
  settings: Record<string, unknown>,
  own: Record<string, unknown> = {},
): Record<string, unknown> {
  const metric = name.metric?.slice(0, MAX_NAME_LENGTH);
  const model = name.model?.slice(0, MAX_NAME_LENGTH);
  return {
    ...(metric ? { metric } : {}),
    ...(model ? { model_config: { model } } : {}),
    [optimizer]: Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)),
    ...own,
    optimizer,
  };
}

/** The model that a service runs, if it tells: the last one used, else the one it was made with. */
export function modelName(service: AxService | undefined): string | undefined {
  try {
    const { ai: inner, defaults, defaultModel } = (service ?? {}) as ServiceFields;
    const names = [service?.getLastUsedChatModel?.(), defaultModel, defaults?.model, inner?.defaults?.model];
    return names.find((name): name is string => typeof name === 'string' && name !== '');
  } catch {
    return undefined;
  }
}

/** Where Ax's services keep the model before their first call. */
interface ServiceFields {
  defaultModel?: unknown;
  defaults?: { model?: unknown };
  ai?: { defaults?: { model?: unknown } };
}

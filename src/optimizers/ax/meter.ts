import { overlay } from './overlay.js';
import type { AxService, ModelUsage } from './surface.js';

/** What some calls of a model took. */
export interface Usage {
  /** Calls made, those that failed among them. */
  calls: number;
  promptTokens: number;
  completionTokens: number;
  totalTokens: number;
  /** US dollars by Ax's own price list; 0 where the model has no price there. */
  costUsd: number;
}

/** Counts what a service's `chat` reports, failed retries of a program included. */
export class Meter {
  private usage = nothing();

  /** The same service, counted. One overlay serves a whole compile, so that Ax meets one service and not many. */
  watch(service: AxService): AxService {
    return overlay(service, {
      chat: async (...args: unknown[]) => {
        this.usage.calls += 1;
        return this.counted(service, await service.chat(...args));
      },
    });
  }

  /** What was used since the last look. */
  take(): Usage {
    const usage = this.usage;
    this.usage = nothing();
    return usage;
  }

  private counted(service: AxService, answer: unknown): unknown {
    if (!(answer instanceof ReadableStream)) {
      this.add(service, usageIn(answer));
      return answer;
    }
    let last: ModelUsage | undefined;
    // Each count that a chunk brings replaces the one before it: a stream may be left before its end.
    return answer.pipeThrough(
      new TransformStream<unknown, unknown>({
        transform: (chunk, controller) => {
          const usage = usageIn(chunk);
          if (usage) {
            this.add(service, last, -1);
            this.add(service, usage);
            last = usage;
          }
          controller.enqueue(chunk);
        },
      }),
    );
  }

  private add(service: AxService, usage: ModelUsage | undefined, times: 1 | -1 = 1): void {
    if (!usage?.tokens) return;
    const { promptTokens = 0, completionTokens = 0, totalTokens = promptTokens + completionTokens } = usage.tokens;
    this.usage.promptTokens += times * promptTokens;
    this.usage.completionTokens += times * completionTokens;
    this.usage.totalTokens += times * totalTokens;
    this.usage.costUsd += times * costOf(service, usage);
  }
}

/** The sum of several usages. */
export function totalUsage(usages: Iterable<Usage>): Usage {
  const total = nothing();
  for (const usage of usages) {
    for (const key of Object.keys(total) as (keyof Usage)[]) total[key] += usage[key];
  }
  return total;
}

/** Tokens and cost as a record's fields; a count that nobody reported is left out, for it is unknown and not zero. */
export function usageFields(usage: Usage): { promptTokens?: number; completionTokens?: number; totalTokens?: number; costUsd?: number } {
  if (usage.totalTokens <= 0) return {};
  const { promptTokens, completionTokens, totalTokens, costUsd } = usage;
  return { promptTokens, completionTokens, totalTokens, ...(costUsd > 0 ? { costUsd } : {}) };
}

function nothing(): Usage {
  return { calls: 0, promptTokens: 0, completionTokens: 0, totalTokens: 0, costUsd: 0 };
}

function usageIn(answer: unknown): ModelUsage | undefined {
  return typeof answer === 'object' && answer !== null ? (answer as { modelUsage?: ModelUsage }).modelUsage : undefined;
}

function costOf(service: AxService, usage: ModelUsage): number {
  try {
    const cost = service.getEstimatedCost?.(usage) ?? 0;
    return Number.isFinite(cost) && cost > 0 ? cost : 0;
  } catch {
    return 0;
  }
}

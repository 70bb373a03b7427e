import type { Brush } from '../../../model/parallel.js';

const SPAN = /^(.+):(-?[\d.e+-]+)\.\.(-?[\d.e+-]+)$/i;

/** Spans as they stand in the address: `temperature:0.2..0.7`. What is not understood is left out. */
export function brushOf(texts: readonly string[] | undefined): Brush {
  return Object.fromEntries(
    (texts ?? []).flatMap((text) => {
      const [, key, low, high] = SPAN.exec(text) ?? [];
      const span = [Number(low), Number(high)] as const;
      return key === undefined || !span.every(Number.isFinite) ? [] : [[key, span]];
    }),
  );
}

export function brushTexts(brush: Brush): string[] | undefined {
  const texts = Object.entries(brush).map(([key, [low, high]]) => `${key}:${low}..${high}`);
  return texts.length === 0 ? undefined : texts;
}

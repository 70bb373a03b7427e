const TOKENS = {
  surface: 'surface',
  sunk: 'sunk',
  ink: 'ink',
  muted: 'muted',
  faint: 'faint',
  line: 'line',
  edge: 'edge',
  track: 'track',
  trail: 'trail-fill',
  trailSoft: 'trail-soft',
  fixed: 'fixed-fill',
  fixedMid: 'fixed-mid',
  broke: 'broke-fill',
  alt: 'alt',
} as const;
const SERIES = [1, 2, 3, 4, 5, 6] as const;

export type Colors = Record<keyof typeof TOKENS, string> & { series: readonly string[] };

/** The theme's colours as a canvas takes them. */
export function colors(): Colors {
  // A custom property is not computed; a colour that uses it is.
  const probe = document.createElement('i');
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const named = Object.fromEntries(Object.entries(TOKENS).map(([key, token]) => [key, read(token)])) as Record<keyof typeof TOKENS, string>;
  const series = SERIES.map((number) => read(`series-${number}`));
  probe.remove();
  return { ...named, series };
}

/** The colour of the nth run of a comparison, as CSS. Each run has its letter beside it too. */
export const seriesColor = (index: number): string => `var(--color-series-${(index % SERIES.length) + 1})`;

/** The colour of the nth of `count` edits, cool to warm: one of five tokens, or a hue between 235 and 365 when there are more. */
export function editColor(index: number, count: number): string {
  if (count <= 5) return `var(--color-edit-${(index % 5) + 1})`;
  const hue = 235 + (130 * index) / Math.max(1, count - 1);
  return `light-dark(oklch(.54 .17 ${hue.toFixed(0)}), oklch(.77 .12 ${hue.toFixed(0)}))`;
}

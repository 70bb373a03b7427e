const NAMES = ['surface', 'ink', 'muted', 'faint', 'line', 'edge', 'accent', 'good', 'bad', 'warn', 'selected'] as const;
const SERIES = [1, 2, 3, 4, 5, 6] as const;

export type Colors = Record<(typeof NAMES)[number], string> & { series: readonly string[] };

/** The theme's colours as a canvas takes them. */
export function colors(): Colors {
  // A custom property is not computed; a colour that uses it is.
  const probe = document.createElement('i');
  document.body.append(probe);
  const read = (name: string) => {
    probe.style.color = `var(--color-${name})`;
    return getComputedStyle(probe).color;
  };
  const named = Object.fromEntries(NAMES.map((name) => [name, read(name)])) as Record<(typeof NAMES)[number], string>;
  const series = SERIES.map((number) => read(`series-${number}`));
  probe.remove();
  return { ...named, series };
}

/** The colour of the nth of several things, as CSS; six are told apart, and each needs its name beside it too. */
export const seriesColor = (index: number): string => `var(--color-series-${(index % SERIES.length) + 1})`;

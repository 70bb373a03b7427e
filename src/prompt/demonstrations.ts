/** Few-shot examples, one paragraph each, under the heading if one is given. Empty if there are no examples. */
export function demonstrations(demos: readonly unknown[], heading: string | null = '# Demonstrations'): string {
  return demos.length === 0 ? '' : [...(heading === null ? [] : [heading]), ...demos.map(paragraph)].join('\n\n');
}

function paragraph(demo: unknown): string {
  if (typeof demo !== 'object' || demo === null || Array.isArray(demo)) return inLine(demo);
  return Object.entries(demo)
    .map(([key, value]) => `${key}: ${inLine(value)}`)
    .join('\n');
}

function inLine(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

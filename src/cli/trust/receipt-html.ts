import type { Receipt } from '../../schemas/receipt.js';
import type { BlamedPrompt } from '../../schemas/trust-edits.js';
import { count, duration, money, score } from '../format/figures.js';

/** Hues of the iterations that brought text, as far apart as they can be. */
const GOLDEN_ANGLE = 137.5;

const STYLE = `
:root { color-scheme: light; font: 15px/1.5 system-ui, sans-serif; color: #1a1d21; }
body { max-width: 48rem; margin: 2rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.word { display: inline-block; padding: .1rem .6rem; border-radius: 1rem; background: #1a1d21; color: #fff; font-weight: 600; }
.sentence { font-size: 1.15rem; } .dim { color: #59616b; }
table { border-collapse: collapse; width: 100%; } th, td { padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #d9dee3; text-align: left; vertical-align: top; }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid #d9dee3; border-radius: 6px; padding: .8rem; font: 13px/1.7 ui-monospace, Menlo, Consolas, monospace; }
pre span { border-radius: 3px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
code { font: 12px ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.key { display: inline-block; width: .9em; height: .9em; border-radius: 3px; vertical-align: -1px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
@media print { body { margin: 0; max-width: none; } h2 { break-after: avoid; } tr { break-inside: avoid; } }`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const text = (value: unknown) => String(value ?? '-').replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** A receipt as one HTML file: no script, nothing loaded from elsewhere, readable in print. The JSON stands in it for `receipt verify`. */
export function receiptHtml(receipt: Receipt): string {
  const { run, word, sentence } = receipt;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Receipt: ${text(run.name)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>${text(run.name)}</h1>
<p class="dim">${text(run.optimizer)}${run.model === null ? '' : ` · ${text(run.model)}`}${run.metric === null ? '' : ` · ${text(run.metric)}`} · run <code>${text(run.id)}</code></p>
<p class="sentence"><span class="word">${text(word)}</span> ${text(sentence)}</p>
${figures(receipt)}
${blameSection(receipt.blame)}
${editsSection(receipt)}
${changesSection(receipt)}
<h2>Hindsight</h2>
<p>${text(receipt.hindsight.sentence)}</p>
<h2>What it rests on</h2>
${table(
  ['', ''],
  [
    ['method', receipt.method],
    ['seed', receipt.assessment.seed],
    ['resamples', receipt.assessment.resamples],
    ['baseline, SHA-256', receipt.hashes.baseline],
    ['winner, SHA-256', receipt.hashes.winner],
    ['exported prompt, SHA-256', receipt.hashes.exported],
    ['example set, SHA-256', receipt.hashes.exampleSet],
  ],
)}
<p class="dim">Check it against the record: <code>optrail receipt verify &lt;this file&gt;</code></p>
<script type="application/json" id="optrail-receipt">${JSON.stringify(receipt).replaceAll('<', '\\u003c')}</script>
</body>
</html>
`;
}

/** The receipt that an HTML file carries; null if it carries none. */
export function receiptInHtml(html: string): string | null {
  return /<script type="application\/json" id="optrail-receipt">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? null;
}

function figures({ assessment, spend }: Receipt): string {
  const { baseline, winner, interval, n, k, expected, chase, overlap, heldOut, replayP } = assessment;
  return table(
    ['', ''],
    [
      ['baseline', baseline === null ? null : `${score(baseline.score)} (iteration ${baseline.iteration})`],
      ['winner', winner === null ? null : `${score(winner.score)} (iteration ${winner.iteration})`],
      ['95% interval of the difference', interval === null ? null : `${score(interval[0])} to ${score(interval[1])}`],
      ['shared examples', n],
      ['candidates', k],
      ['expected on new examples', score(expected)],
      ['share of proposals from the best so far', score(chase)],
      ['replays without a better prompt that climb as far', score(replayP)],
      ['minibatch examples among the validation examples', overlap],
      ['held out', heldOut === null ? 'not tested' : heldOut.sentence],
      ['spent', `${count(spend.calls)} calls, ${money(spend.costUsd)}, ${duration(spend.timeMs)}, ${count(spend.totalTokens)} tokens`],
    ],
  );
}

function blameSection(blame: BlamedPrompt | null): string {
  if (blame === null) return '';
  const colors = new Map(blame.sources.map(({ iteration }, at) => [iteration, `hsl(${Math.round(at * GOLDEN_ANGLE) % 360} 70% 88%)`]));
  const mark = (iteration: number) => colors.get(iteration) ?? 'transparent';
  const parts = blame.parts.map(
    ({ name, spans }) =>
      `${name === null ? '' : `<h3>${text(name)}</h3>`}<pre>${spans
        .map((span) => `<span style="background:${mark(span.iteration)}" title="iteration ${span.iteration}">${text(span.text)}</span>`)
        .join('')}</pre>`,
  );
  const rows = blame.sources.map(
    ({ iteration, lines, note }) =>
      `<tr><td><span class="key" style="background:${mark(iteration)}"></span> iteration ${iteration}</td><td class="n">${lines}</td><td>${text(note)}</td></tr>`,
  );
  return `<h2>The winning prompt, by the iteration that brought it</h2>${parts.join('')}
<table><thead><tr><th>from</th><th class="n">lines</th><th>worth</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function editsSection({ edits }: Receipt): string {
  const rows = edits.edits.map(({ iteration, parents, decision, full, minibatch, gist }) => {
    const told = full ?? minibatch;
    return [iteration, parents.join('+'), decision, told?.fixed, told?.broke, told?.word, gist];
  });
  return `<h2>Edits</h2><p>${text(edits.sentence)}</p>${table(['iteration', 'parent', 'decision', 'fixed', 'broke', 'verdict', 'edit'], rows)}`;
}

function changesSection({ changes }: Receipt): string {
  if (changes === null) return '';
  const rows = changes.examples.map(({ exampleId, exampleHash, kind, baseline, candidate }) => [
    exampleId ?? exampleHash?.slice(0, 12),
    kind,
    `${baseline.right} of ${baseline.evaluations}`,
    `${candidate.right} of ${candidate.evaluations}`,
  ]);
  return `<h2>Fixed and broke</h2><p>${text(changes.sentence)}</p>${table(['example', 'change', 'baseline right', 'winner right'], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  if (rows.length === 0) return '';
  const titles = head.some((each) => each !== '') ? `<thead><tr>${head.map((each) => `<th>${text(each)}</th>`).join('')}</tr></thead>` : '';
  return `<table>${titles}<tbody>${rows.map((row) => `<tr>${row.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`).join('')}</tbody></table>`;
}

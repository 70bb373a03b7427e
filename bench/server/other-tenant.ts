/* Another tenant in a process of its own, so that the attacker's work is not in its latencies: `fork(file, [url, key])`. */
import { timed, timingOf } from '../measure.js';

const [url = '', key = ''] = process.argv.slice(2);
let times: number[] = [];
let failed = 0;

process.on('message', () => {
  process.send?.({ p95: timingOf(times).p95, requests: times.length, failed });
  times = [];
  failed = 0;
});
process.on('disconnect', () => process.exit(0));

for (;;) {
  const took = await timed(async () => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
    await response.arrayBuffer();
    if (response.status !== 200) failed += 1;
  });
  times.push(took);
  await new Promise((resolve) => setTimeout(resolve, 10));
}

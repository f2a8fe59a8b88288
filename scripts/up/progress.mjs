/**
 * Runs one named step and prints how it went with its time: `✓ ClickHouse 26.7.2.1 started on 127.0.0.1:18123 · 0.6 s`.
 * The work returns the text to print instead of the title, or nothing. A slow step is announced.
 */
export async function step(title, work, { slow = false } = {}) {
  const started = performance.now();
  if (slow) console.log(`… ${title}`);
  const done = await work();
  console.log(`✓ ${done ?? title} · ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

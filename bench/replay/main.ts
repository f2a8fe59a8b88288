/**
 * `npm run bench:replay [-- --quick]`: how fast levers move messages beside the broker's own shovel, how long a pause takes
 * until it is verified, and what a replay loses sight of when it is killed. See ../README.md for how to read it.
 */
import { killInTheMiddle, type Killed } from './killed';
import { BODY_BYTES } from './load/messages';
import { measurePauses } from './pauses';
import { moveHead, moveRow, pauseHead, pauseRow, summary } from './report';
import { openBenchRoom } from './room';
import { measureThroughput } from './throughput';

const FULL = { rounds: 3, count: 20_000, pauses: 5, kills: 3 };
const QUICK = { rounds: 1, count: 6_000, pauses: 2, kills: 1 };

async function main(): Promise<void> {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--quick');
  if (unknown.length > 0) throw new Error(`Unknown argument ${unknown.join(' ')}: the only one is --quick.`);
  const counts = process.argv.includes('--quick') ? QUICK : FULL;
  const room = await openBenchRoom();
  try {
    let collectors = await room.startCollectors();
    // What is published before the tap is bound is not seen, and what was not seen cannot be replayed.
    await room.tapped();
    console.log(`${counts.count.toLocaleString('en')} messages of ${BODY_BYTES} bytes per run, on one broker\n\n${moveHead()}`);
    const runs = await measureThroughput(room, counts, (run) => console.log(moveRow(run)));
    console.log(`\n${pauseHead()}`);
    const pauses = await measurePauses(room, counts.pauses, (pause) => console.log(pauseRow(pause)));
    console.log('');
    const kills: Killed[] = [];
    for (let kill = 1; kill <= counts.kills; kill++) {
      const killed = await killInTheMiddle(room, collectors, `killed-${kill}`);
      ({ collectors } = killed);
      kills.push(killed);
      console.log(`Killed after ${killed.arrived.toLocaleString('en')} messages; unknown in the end: ${killed.unknown}.`);
    }
    console.log(`\n${summary(runs, pauses, kills).join('\n')}`);
  } finally {
    await room.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

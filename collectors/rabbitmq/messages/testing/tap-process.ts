/**
 * A tap in a process of its own, so that a test can stop it in the middle. Takes one JSON argument, writes `bound` when it
 * takes copies, and `stored` for each batch that it keeps.
 */
import { brokerSource } from '../../testing/watched-broker';
import { contracts } from './contract-flows';
import { tapBroker } from './tapped-broker';

const { source, channel } = JSON.parse(process.argv[2] ?? '') as { source: Parameters<typeof brokerSource>[0]; channel: string };
const say = (line: string) => process.stdout.write(`${line}\n`);
const tapped = tapBroker(brokerSource(source), contracts({ channel }), {
  keeps: false,
  sink: (facts) => {
    say(`stored ${facts.length}`);
    return Promise.resolve();
  },
});
process.stdin.on('end', () => process.exit(0)).resume();
await tapped.until((state) => state.report()?.detail['tappedExchanges'] === 1);
say('bound');

import { describe, expect, it } from 'vitest';
import type { TapReport } from '../runtime/taps/connector';
import { JointReport } from './tap-report';

const report = (more: Partial<TapReport> = {}): TapReport => ({ status: 'ok', summary: '12 queues of RabbitMQ 3.10.8.', lastSuccessAt: 1_000, latencyMs: 20, rows: 12, lastError: null, detail: { nodes: 1 }, ...more });
const messages = report({ summary: 'Copies of messages are taken from 2 of 2 exchanges.', lastSuccessAt: 900, latencyMs: null, rows: null, detail: { warnings: [] } });

function published(act: (joint: JointReport) => void): TapReport[] {
  const seen: TapReport[] = [];
  act(new JointReport((state) => seen.push(state)));
  return seen;
}

describe('the report of a broker', () => {
  it('is that of the poll until the message tap has something to say, and both from then on', () => {
    const seen = published((joint) => {
      joint.ofMessages(messages);
      joint.ofPoll(report());
      joint.ofMessages(messages);
    });
    expect(seen).toHaveLength(2);
    expect(seen[1]).toEqual(report({
      summary: '12 queues of RabbitMQ 3.10.8. Copies of messages are taken from 2 of 2 exchanges.',
      detail: { nodes: 1, 'messages.warnings': [], 'messages.status': 'ok', 'messages.lastSuccessAt': 900 },
    }));
  });

  it('is a warning where only the message tap is down', () => {
    const seen = published((joint) => {
      joint.ofPoll(report());
      joint.ofMessages({ ...messages, status: 'down', lastError: 'refused' });
    });
    expect(seen.at(-1)).toMatchObject({ status: 'warning', lastError: 'refused', lastSuccessAt: 1_000 });
  });

  it('is down with the poll\'s reason when the broker cannot be read', () => {
    const seen = published((joint) => {
      joint.ofMessages(messages);
      joint.ofPoll(report({ status: 'down', summary: 'Nothing listens.', lastError: 'Nothing listens.' }));
    });
    expect(seen.at(-1)).toMatchObject({ status: 'down', summary: 'Nothing listens.', lastError: 'Nothing listens.' });
  });
});

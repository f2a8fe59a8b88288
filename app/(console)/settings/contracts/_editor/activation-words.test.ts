import { describe, expect, it } from 'vitest';
import { activationConsequences } from './activation-words';

const flow = (lifecycle: string, ...channels: string[]) => ({ id: 'claims', name: 'Claims', version: '0.1.0', lifecycle, hops: channels.map((channelId, index) => ({ id: `hop-${index}`, name: 'Hop', channelId })) });

describe('what activation does', () => {
  it('matches telemetry as a draft and gives nobody a lever', () => {
    const [matches, levers, ...more] = activationConsequences(flow('draft', 'erp:table:public.orders'), null);
    expect(matches).toContain('its channel to the flow Claims as a draft');
    expect(levers).toContain('nobody a lever');
    expect(more).toEqual([]);
  });

  it('says that the tap binds a queue of its own', () => {
    expect(activationConsequences(flow('active', 'r:queue:/:a', 'r:queue:/:b'), null).join(' ')).toContain('business queues stay untouched');
  });

  it('says what it replaces', () => {
    expect(activationConsequences(flow('active', 'erp:table:public.orders'), 4).at(-1)).toContain('revision 4');
  });
});

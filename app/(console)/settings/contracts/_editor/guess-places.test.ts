import { describe, expect, it } from 'vitest';
import { pathOf, placeGuesses } from './guess-places';

const YAML = `kind: Flow
metadata: { id: claims }
spec:
  path:
    - id: work
      channel:
        kind: queue
        name: claims.work
      when: { "attr:a.b": x }
`;
const guess = (at: string, value: string) => ({ at, value, why: 'because' });

it.each([
  ['spec.path[0].channel.name', ['spec', 'path', 0, 'channel', 'name']],
  ['spec.path[0].when["attr:a.b"]', ['spec', 'path', 0, 'when', 'attr:a.b']],
])('reads %s', (at, path) => expect(pathOf(at)).toEqual(path));

describe('a guess in the text', () => {
  it('has a line', () => {
    const [name, id] = placeGuesses(YAML, [guess('spec.path[0].channel.name', 'claims.work'), guess('metadata.id', 'claims')]);
    expect(name).toMatchObject({ line: 8, changedTo: null });
    expect(id).toMatchObject({ line: 2, changedTo: null });
  });

  it('that was corrected says so', () => {
    expect(placeGuesses(YAML, [guess('spec.path[0].id', 'queue')])[0]).toMatchObject({ line: 5, changedTo: 'work' });
  });

  it('that was deleted has no line', () => {
    expect(placeGuesses(YAML, [guess('spec.slo.latency', 'PT1H')])[0]).toMatchObject({ line: null, changedTo: null });
    expect(placeGuesses('a: [', [guess('metadata.id', 'claims')])[0]).toMatchObject({ line: null });
  });

  it('of a whole part stands at the line where the part begins', () => {
    expect(placeGuesses(YAML, [guess('spec.path[0].channel', 'a queue')])[0]).toMatchObject({ line: 7, changedTo: null });
  });
});

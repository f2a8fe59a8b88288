import { expect, it } from 'vitest';
import { actorInWords } from './actor';

it.each([
  ['user:nora@hospital.example', 'nora@hospital.example'],
  ['token:nightly:job', 'the token nightly:job'],
  ['system:cli', 'Signalbox (cli)'],
  ['nobody', 'nobody'],
])('%s is called %s', (label, words) => expect(actorInWords(label)).toBe(words));

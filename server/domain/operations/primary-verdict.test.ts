import { expect, it } from 'vitest';
import { judgePrimaryAnswer, judgePrimaryConsumers, judgePrimaryRows, noAnswer } from './primary-verdict';

const UP = { openWhen: { '/status': 'UP' } };

it.each<[string, ReturnType<typeof judgePrimaryAnswer>, boolean, string]>([
  ['2xx is enough where nothing else is asked', judgePrimaryAnswer('api', {}, { status: 204, body: undefined }), true, 'api answered 204: the primary takes messages again.'],
  ['the answer says so', judgePrimaryAnswer('api', UP, { status: 200, body: { json: { status: 'UP' } } }), true, 'api answered 200: the primary takes messages again.'],
  ['the answer says otherwise', judgePrimaryAnswer('api', UP, { status: 200, body: { json: { status: 'DOWN' } } }), false, 'api answered 200, but not with what the contract expects (/status): the primary does not take messages yet.'],
  ['the answer cannot be read', judgePrimaryAnswer('api', UP, { status: 200, body: { problem: 'with something other than JSON' } }), false, 'api answered 200, but with something other than JSON: the primary does not take messages yet.'],
  ['a redirect is no answer', judgePrimaryAnswer('api', {}, { status: 302, body: undefined }), false, 'api answered 302: the primary does not take messages yet.'],
  ['an error of the server', judgePrimaryAnswer('api', UP, { status: 503, body: undefined }), false, 'api answered 503: the primary does not take messages yet.'],
  ['rows that are wanted', judgePrimaryRows({ source: 'db', passesWhen: 'rows' }, 1), true, 'db has such a row: the primary takes messages again.'],
  ['rows that must not be', judgePrimaryRows({ source: 'db', passesWhen: 'no-rows' }, 1), false, 'db has such a row: the primary does not take messages yet.'],
  ['enough consumers', judgePrimaryConsumers(2, '2'), true, '2 consumers are connected to the primary, of 2 that the contract asks for: the primary takes messages again.'],
  ['too few consumers', judgePrimaryConsumers(2, '1'), false, '1 consumer is connected to the primary, of 2 that the contract asks for: the primary does not take messages yet.'],
  ['consumers that nobody could count', judgePrimaryConsumers(1, 'unknown'), false, 'Nobody could count the consumers of the primary: whether the primary takes messages again is not known.'],
  ['no answer at all', noAnswer('api did not answer within 3 s'), false, 'api did not answer within 3 s: whether the primary takes messages again is not known.'],
])('%s', (_, verdict, passes, evidence) => expect(verdict).toEqual({ passes, evidence }));

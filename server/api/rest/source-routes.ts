import { createSource } from '@/server/services/sources/create-source';
import { discoverSource } from '@/server/services/sources/discover-source';
import { listSources } from '@/server/services/sources/list-sources';
import { readSource } from '@/server/services/sources/read-source';
import { readSourceRequest } from '@/server/services/sources/read-source-request';
import { removeSource } from '@/server/services/sources/remove-source';
import { sourceInput, readSourceRequestInput, updateSourceInput } from '@/server/domain/sources/source-input';
import { testSource } from '@/server/services/sources/test-source';
import { updateSource } from '@/server/services/sources/update-source';
import { invalidField } from '@/server/services/refusal';
import { withBox } from '../installation-box';
import { slug } from '../schemas/primitives';
import { removedSchema, sourcePageSchema, sourceRequestSchema, sourceSchema } from '../schemas/sources';
import { pageOf } from './page-of';
import { pageQuery } from './page-query';
import { route, writeRoute, type Route } from './route';

const source = { name: 'Source', schema: sourceSchema };
const request = { name: 'SourceRequest', schema: sourceRequestSchema };
const wanted = { name: 'SourceInput', schema: sourceInput };
const params = { sourceId: slug };

/** Sources: what is connected, how it is doing, and questions to it. */
export const SOURCE_ROUTES: readonly Route[] = [
  route('sources:read', {
    method: 'GET', path: '/sources', operationId: 'listSources', summary: 'Sources with the state of their taps, by id',
    params: {}, query: pageQuery, answer: { name: 'SourcePage', schema: sourcePageSchema },
    run: async (context, input) => pageOf(await listSources(withBox(context)), input),
  }),
  writeRoute('sources:manage', {
    method: 'POST', path: '/sources', operationId: 'createSource', summary: 'Adds a source', status: 201,
    params: {}, body: wanted, answer: source,
    run: (context, _, body) => createSource(withBox(context), body),
  }),
  route('sources:read', {
    method: 'GET', path: '/sources/{sourceId}', operationId: 'readSource', summary: 'One source with the state of its tap',
    params, query: {}, answer: source,
    run: (context, input) => readSource(withBox(context), input),
  }),
  writeRoute('sources:manage', {
    method: 'PUT', path: '/sources/{sourceId}', operationId: 'updateSource', summary: 'Makes a source as it is given; an empty password keeps the stored one',
    params, body: { name: 'SourceUpdate', schema: updateSourceInput }, answer: source,
    run: (context, { sourceId }, body) => {
      if (body.source.id !== sourceId) throw invalidField('source.id', `must be "${sourceId}", as in the address: an id cannot be changed`);
      return updateSource(withBox(context), body);
    },
  }),
  route('sources:manage', {
    method: 'DELETE', path: '/sources/{sourceId}', operationId: 'removeSource', summary: 'Removes a source with its credentials; refused while contracts name it',
    params, query: {}, answer: { name: 'Removed', schema: removedSchema },
    run: (context, input) => removeSource(withBox(context), input),
  }),
  route('sources:manage', {
    method: 'POST', path: '/sources/{sourceId}/test', operationId: 'testSource', summary: 'Has a collector test the connection to a saved source', status: 202,
    params, query: {}, answer: request,
    run: (context, input) => testSource(withBox(context), input),
  }),
  route('contracts:manage', {
    method: 'POST', path: '/sources/{sourceId}/discover', operationId: 'discoverSource', summary: 'Has a collector look for channels and draft contracts', status: 202,
    params, query: {}, answer: request,
    run: (context, input) => discoverSource(withBox(context), input),
  }),
  writeRoute('sources:manage', {
    method: 'POST', path: '/source-tests', operationId: 'testSourceCandidate', summary: 'Has a collector test a source as it would be saved', status: 202,
    params: {}, body: wanted, answer: request,
    run: (context, _, candidate) => testSource(withBox(context), { candidate }),
  }),
  route('sources:read', {
    method: 'GET', path: '/source-requests/{requestId}', operationId: 'readSourceRequest', summary: 'A test or discovery with its answer',
    params: readSourceRequestInput.shape, query: {}, answer: request,
    run: (context, input) => readSourceRequest(context, input),
  }),
];

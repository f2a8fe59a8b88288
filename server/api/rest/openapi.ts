import { z } from 'zod';
import { problemSchema } from './problem';
import type { Route } from './route';

type Json = Record<string, unknown>;

/** OpenAPI 3.1, made from the same schemas that check requests and describe answers. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Json> = {};
  const schemas: Record<string, Json> = { Problem: jsonSchema(problemSchema) };
  for (const route of routes) {
    schemas[route.answer.name] = jsonSchema(route.answer.schema);
    if (route.body) schemas[route.body.name] = jsonSchema(route.body.schema, 'input');
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox', version, description: 'Health of integration flows and the traces behind it; the sources that are connected, and contracts. Instants are UTC; 64-bit numbers and nanoseconds are strings; a number that is not known is null.' },
    servers: [{ url: '/api/v1' }],
    paths,
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of kind api' },
        session: { type: 'apiKey', in: 'cookie', name: 'next-auth.session-token', description: 'The session of a signed-in person' },
      },
    },
  };
}

function operation(route: Route): Json {
  const problems = route.access === 'open' ? ['500'] : ['400', '401', '404', ...(route.method === 'GET' ? [] : ['409']), ...(route.body ? ['413', '415'] : []), ...(route.method === 'POST' ? ['429'] : []), '500', '503'];
  const security = [{ token: [] }, ...(route.method === 'GET' ? [{ session: [] }] : [])];
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.access === 'open' ? { security: [{}, { token: [] }, { session: [] }] } : { security, 'x-permission': route.access }),
    parameters: [
      ...Object.entries(route.params).map(([name, schema]) => ({ name, in: 'path', required: true, schema: jsonSchema(schema) })),
      ...Object.entries(route.query).map(([name, schema]) => ({ name, in: 'query', required: false, schema: jsonSchema(schema) })),
      ...Object.entries(route.headers ?? {}).map(([name, schema]) => ({ name, in: 'header', required: false, schema: jsonSchema(schema) })),
    ],
    ...(route.body ? { requestBody: { required: true, content: { 'application/json': { schema: reference(route.body.name) } } } } : {}),
    responses: {
      [route.status ?? 200]: { description: route.summary, content: { 'application/json': { schema: reference(route.answer.name) } } },
      ...(route.headers?.['if-none-match'] ? { 304: { description: 'Nothing has changed since the answer with that tag' } } : {}),
      ...Object.fromEntries(problems.map((status) => [status, { description: 'A problem', content: { 'application/problem+json': { schema: reference('Problem') } } }])),
    },
  };
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output' = 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

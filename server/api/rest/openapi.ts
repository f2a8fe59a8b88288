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
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Signalbox', version, description: 'Health of integration flows, and the traces behind it. Instants are UTC; 64-bit numbers and nanoseconds are strings; a number that is not known is null.' },
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
  const problems = route.access === 'open' ? ['500'] : ['400', '401', '404', '500', '503'];
  return {
    operationId: route.operationId,
    summary: route.summary,
    ...(route.access === 'open' ? { security: [{}, { token: [] }, { session: [] }] } : { security: [{ token: [] }, { session: [] }], 'x-permission': route.access }),
    parameters: [
      ...Object.entries(route.params).map(([name, schema]) => ({ name, in: 'path', required: true, schema: jsonSchema(schema) })),
      ...Object.entries(route.query).map(([name, schema]) => ({ name, in: 'query', required: false, schema: jsonSchema(schema) })),
    ],
    responses: {
      200: { description: route.summary, content: { 'application/json': { schema: reference(route.answer.name) } } },
      ...Object.fromEntries(problems.map((status) => [status, { description: 'A problem', content: { 'application/problem+json': { schema: reference('Problem') } } }])),
    },
  };
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema);
  return rest;
}

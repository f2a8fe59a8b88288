import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalRoute, pathFitsRoute, routeSegments } from './route-template';

describe('routes', () => {
  it.each([['/orders/{orderId}', '/orders/{}'], ['/orders/:id/lines', '/orders/{}/lines'], ['/orders/<id>', '/orders/{}'], ['/orders/', '/orders'], ['/', '/']])('%s is %s', (path, canonical) => {
    expect(canonicalRoute(path)).toBe(canonical);
  });

  it('has segments only where it has parameters', () => {
    expect(routeSegments('/orders')).toBeNull();
    expect(routeSegments('/orders/{}')).toEqual(['', 'orders', '{}']);
  });

  it.each([
    ['/orders/17', true], ['/orders/', false], ['/orders', false], ['/orders/17/', false], ['/orders/17/lines', false], ['/order/17', false], ['/ordersx/17', false], ['', false],
  ])('/orders/{} and %s: %s', (path, fits) => expect(pathFitsRoute(path, ['', 'orders', '{}'])).toBe(fits));

  it('agrees with comparing segment by segment', () => {
    const segment = fc.constantFrom('a', 'bb', '{}', '');
    fc.assert(fc.property(fc.array(segment, { minLength: 1, maxLength: 5 }), fc.array(fc.constantFrom('a', 'bb', 'c', ''), { minLength: 1, maxLength: 5 }), (template, path) => {
      const expected = template.length === path.length && template.every((part, index) => (part === '{}' ? path[index] !== '' : part === path[index]));
      expect(pathFitsRoute(path.join('/'), template)).toBe(expected);
    }));
  });
});

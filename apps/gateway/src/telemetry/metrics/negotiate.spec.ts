import { negotiate } from './negotiate.js';

describe('negotiate', () => {
  it.each([
    [undefined, 'prometheus'],
    ['', 'prometheus'],
    ['*/*', 'prometheus'],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 'prometheus'],
    ['application/json', 'json'],
    ['APPLICATION/JSON', 'json'],
    ['application/json, text/plain, */*', 'json'],
    ['text/plain;q=0.5, application/json;q=0.4', 'prometheus'],
    ['application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1', 'openmetrics'],
    ['application/openmetrics-text;q=0.1, text/plain;q=0.2', 'prometheus'],
    ['application/json;q=0', 'prometheus'],
    ['image/png', 'prometheus'],
  ])('maps %p to %s', (accept, format) => expect(negotiate(accept)).toBe(format));
});

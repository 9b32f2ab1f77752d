import { prefersHtml } from './prefers-html.js';

describe('prefersHtml', () => {
  it.each([
    'text/html',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html;q=0.5, application/json;q=0.4',
    'TEXT/HTML',
    'text/*',
    'application/json;q=0, */*',
  ])('is true for %s', (accept) => {
    expect(prefersHtml(accept)).toBe(true);
  });

  it.each([
    undefined,
    '',
    '*/*',
    'application/json',
    'application/json, text/html;q=0.9',
    'text/html;q=0, */*;q=0.1',
    'text/html, application/json',
    'text/html;q=nonsense',
    'text/plain',
  ])('is false for %s', (accept) => {
    expect(prefersHtml(accept)).toBe(false);
  });
});

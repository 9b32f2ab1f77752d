import { acceptedType } from './accept.js';

const JSON_TYPE = 'application/json';
const HTML = 'text/html';
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

describe('acceptedType', () => {
  it.each([
    [HTML, 'text/html'],
    [HTML, 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
    [HTML, 'text/html;q=0.5, application/json;q=0.4'],
    [HTML, 'text/html, application/json'],
    [HTML, 'TEXT/HTML'],
    [HTML, 'text/*'],
    [HTML, 'application/json;q=0, */*'],
    [JSON_TYPE, undefined],
    [JSON_TYPE, '*/*'],
    [JSON_TYPE, 'application/json'],
    [JSON_TYPE, 'application/json, text/html'],
    [JSON_TYPE, 'application/json, text/html;q=0.9'],
    [JSON_TYPE, 'text/html;q=0, */*;q=0.1'],
    [undefined, ''],
    [undefined, 'text/html;q=nonsense'],
    [undefined, 'text/plain'],
  ])('selects %s of JSON and HTML for %s', (type, accept) => {
    expect(acceptedType(accept, [JSON_TYPE, HTML])).toBe(type);
  });

  it.each([
    [TEXT, undefined],
    [TEXT, '*/*'],
    [TEXT, 'text/html,application/xhtml+xml,*/*;q=0.8'],
    [TEXT, 'text/plain;q=0.5, application/json;q=0.4'],
    [TEXT, 'application/openmetrics-text;q=0.1, text/plain;q=0.2'],
    [TEXT, 'application/openmetrics-text; version=1.0.0;  q = 0.1, text/plain; q=0.2'],
    [JSON_TYPE, 'application/json'],
    [JSON_TYPE, 'APPLICATION/JSON'],
    [JSON_TYPE, 'application/*'],
    [JSON_TYPE, 'application/json, text/plain, */*'],
    [OPEN_METRICS, 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1'],
    [OPEN_METRICS, 'application/openmetrics-text; version=1.0.0; escaping=allow-utf-8;q=0.5,*/*;q=0.1'],
    [undefined, ''],
    [undefined, 'application/json;q=0'],
    [undefined, 'image/png'],
  ])('selects %s of the formats of metrics for %s', (type, accept) => {
    expect(acceptedType(accept, [TEXT, JSON_TYPE, OPEN_METRICS])).toBe(type);
  });
});

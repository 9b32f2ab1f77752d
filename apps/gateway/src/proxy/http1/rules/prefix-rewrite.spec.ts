import { PathRewrite } from './path-rewrite.js';
import { rewriteCookie, rewriteLocation } from './prefix-rewrite.js';

const PLACE = { prefix: '/api/user', origin: 'http://10.0.0.1:8001' };
const locate = (value: string): string => rewriteLocation(value, PLACE);

describe('rewriteLocation', () => {
  it.each([
    ['/', '/api/user/'],
    ['/x?y#z', '/api/user/x?y#z'],
    ['/api/user', '/api/user'],
    ['/api/user?x', '/api/user?x'],
    ['/api/users/1', '/api/user/api/users/1'],
    ['http://10.0.0.1:8001', '/api/user/'],
    ['HTTP://10.0.0.1:8001/x', '/api/user/x'],
    ['http://10.0.0.1:8001?x', '/api/user/?x'],
    ['http://10.0.0.1:80012/x', 'http://10.0.0.1:80012/x'],
    ['http://10.0.0.1:8001@evil/', 'http://10.0.0.1:8001@evil/'],
    ['?x', '?x'],
    ['', ''],
  ])('rewrites %p to %p', (value, expected) => expect(locate(value)).toBe(expected));
});

describe('rewriteCookie', () => {
  it.each([
    ['a=1', 'a=1'],
    ['a=1; Path=/', 'a=1; Path=/api/user'],
    ['a=1;PATH = /x ; Secure', 'a=1;PATH = /api/user/x; Secure'],
    ['a=1; Path=/api/user/x', 'a=1; Path=/api/user/x'],
    ['a=1; Path=', 'a=1; Path='],
    ['__Host-a=1; Path=/', '__Host-a=1; Path=/'],
    ['path=/x; Path=/y', 'path=/x; Path=/api/user/y'],
  ])('rewrites %p to %p', (value, expected) => expect(rewriteCookie(value, PLACE)).toBe(expected));
});

describe('with a rewritten path', () => {
  const rewrite = new PathRewrite({ path: '/orders', isExact: false }, '/v2');
  const removal = new PathRewrite({ path: '/orders', isExact: false }, '/');

  it.each([
    [rewrite, '/v2/7', '/api/user/orders/7'],
    [rewrite, '/v2?x', '/api/user/orders?x'],
    [rewrite, '/login', '/api/user/login'],
    [rewrite, 'http://10.0.0.1:8001/v2/7', '/api/user/orders/7'],
    [rewrite, '/api/user/orders/7', '/api/user/orders/7'],
    [removal, '/7', '/api/user/orders/7'],
    [removal, '/', '/api/user/orders/'],
  ])('a location is mapped back by %j: %s', (each, value, expected) =>
    expect(rewriteLocation(value, { ...PLACE, rewrite: each })).toBe(expected),
  );

  it.each([
    [rewrite, 'a=1; Path=/v2/x', 'a=1; Path=/api/user/orders/x'],
    [rewrite, 'a=1; Path=/', 'a=1; Path=/api/user'],
    [removal, 'a=1; Path=/', 'a=1; Path=/api/user/orders'],
  ])('a cookie is mapped back by %j: %s', (each, value, expected) =>
    expect(rewriteCookie(value, { ...PLACE, rewrite: each })).toBe(expected),
  );
});

describe('with the Host that an instance received', () => {
  it.each([
    ['shop.example', true, 'https://shop.example/x', 'https://shop.example/api/user/x'],
    ['Shop.example', true, 'http://SHOP.example?x', 'http://SHOP.example/api/user/?x'],
    ['inner:8080', false, 'http://inner:8080/x', '/api/user/x'],
    ['shop.example', true, 'https://shop.example.evil/x', 'https://shop.example.evil/x'],
    [undefined, false, 'https://shop.example/x', 'https://shop.example/x'],
  ])('%s (public: %s), the location %s becomes %s', (sentHost, isSentHostPublic, value, expected) =>
    expect(rewriteLocation(value, { ...PLACE, sentHost, isSentHostPublic })).toBe(expected),
  );
});

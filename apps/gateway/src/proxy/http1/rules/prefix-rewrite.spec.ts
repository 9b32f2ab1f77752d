import { rewriteCookie, rewriteLocation } from './prefix-rewrite.js';

const locate = (value: string): string => rewriteLocation(value, '/api/user', 'http://10.0.0.1:8001');

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
  ])('rewrites %p to %p', (value, expected) => expect(rewriteCookie(value, '/api/user')).toBe(expected));
});

import { METHODS } from 'node:http';

/** A service on Node cannot receive a method that Node's parser rejects. CONNECT is for forward proxies. */
export const FORWARDED_METHODS: ReadonlySet<string> = new Set(
  METHODS.filter((method) => method !== 'CONNECT'),
);

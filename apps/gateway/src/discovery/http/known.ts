import { unknownInstance } from '../problems.js';

/** Returns `found`. @throws unknownInstance if it is `undefined` */
export function known<T>(id: string, found: T | undefined): T {
  if (found === undefined)
    throw unknownInstance(`no instance is registered under the id "${id}", or its lease has expired`);
  return found;
}

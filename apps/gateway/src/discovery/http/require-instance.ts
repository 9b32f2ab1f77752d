import { unknownInstance } from '../model/problems.js';

/** Returns `found`. @throws unknownInstance if it is `undefined` */
export function requireInstance<T>(id: string, found: T | undefined): T {
  if (found === undefined)
    throw unknownInstance(`no instance with the id "${id}" is registered, or its lease has expired`);
  return found;
}

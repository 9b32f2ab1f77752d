import { unknownInstance } from '../problems.js';

/** What was found under `id`. @throws unknownInstance */
export function known<T>(id: string, found: T | undefined): T {
  if (found === undefined)
    throw unknownInstance(`no instance is registered under the id "${id}", or its lease has expired`);
  return found;
}

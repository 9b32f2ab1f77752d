import type { Fields } from '../../exchange/stage.js';
import { listMembers } from '../../http1/head/grammar.js';

/** Adds field names to `Vary`, except those that it has. */
export function varyOn(fields: Fields, names: readonly string[]): void {
  const present = fields.get('vary');
  if (present === undefined) {
    fields.append('vary', names.join(', '));
    return;
  }
  const members = listMembers(present);
  if (members.includes('*')) return;
  const missing = names.filter((name) => !members.includes(name.toLowerCase()));
  if (missing.length > 0)
    fields.set('vary', [...(members.length > 0 ? [present] : []), ...missing].join(', '));
}

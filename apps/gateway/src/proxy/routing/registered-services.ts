import type { LiveServiceTable, ServiceTable } from '../../discovery/index.js';

const MAX_NAMES = 20;

/** Names the registered services, as `/services` shows them, for requests of an unknown one. */
export class RegisteredServices {
  private table: ServiceTable | undefined;
  private text = '';

  constructor(private readonly services: LiveServiceTable) {}

  /** One clause, written once per change of the services. */
  describe(): string {
    const { current } = this.services;
    if (current !== this.table) {
      this.table = current;
      this.text = clauseOf(current.entries.map(({ name }) => name));
    }
    return this.text;
  }
}

function clauseOf(names: readonly string[]): string {
  if (names.length === 0) return '; none is registered yet';
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more, listed by /services` : '';
  return `; known services: ${names.slice(0, MAX_NAMES).join(', ')}${more}`;
}

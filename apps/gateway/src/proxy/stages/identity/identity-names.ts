import { spelled } from '../../../policy/fixed-fields.js';
import type { FieldNames } from '../../exchange/stage.js';

/** Names of fields in every spelling that a service could read as the same field. */
export class IdentityNames implements FieldNames {
  private readonly names: ReadonlySet<string>;
  /** Most fields of a request are recognised as others by their length. */
  private readonly lengths: ReadonlySet<number>;

  /** @param names in lower case */
  constructor(names: Iterable<string>) {
    this.names = new Set(Array.from(names, spelled));
    this.lengths = new Set(Array.from(this.names, ({ length }) => length));
  }

  has(lowerName: string): boolean {
    return this.lengths.has(lowerName.length) && this.names.has(spelled(lowerName));
  }
}

import type { StageExchange } from '../../exchange/exchange-state.js';
import type { FieldNames, Stage, UpstreamRequest } from '../../exchange/stage.js';
import { IdentityNames } from './identity-names.js';

/**
 * Gives services the identity of the caller. The gateway alone sets these fields: copies that a client sends are removed
 * on every route, also on those without authentication.
 */
export class IdentityStage implements Stage {
  readonly name = 'identity';
  readonly withheld: FieldNames;

  /** @param names the fields of the identity, and those whose credentials services must not receive; in lower case */
  constructor(names: Iterable<string>) {
    this.withheld = new IdentityNames(names);
  }

  upstreamRequest({ identity }: StageExchange, { fields }: UpstreamRequest): void {
    if (!identity) return;
    for (const [name, value] of identity.fields) fields.append(name, value);
  }
}

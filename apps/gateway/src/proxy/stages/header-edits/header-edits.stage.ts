import type { Problem } from '#contracts';
import type { HeaderEdits } from '../../../policy/members/header-edits.js';
import type { Identity, StageExchange } from '../../exchange/exchange-state.js';
import { malformedRequest } from '../../exchange/problems.js';
import type { Preview, PreviewRequest, Stage } from '../../exchange/stage.js';
import { isFieldValue } from '../../http1/head/editable-fields.js';
import { compileEdits, namesConsumer } from './field-edits.js';

/** Edits the fields of requests and responses. It hooks only to the phases that its policy needs. */
export class HeaderEditsStage implements Stage {
  readonly name = 'header-edits';
  readonly request: Stage['request'];
  readonly upstreamRequest: Stage['upstreamRequest'];
  readonly response: Stage['response'];
  readonly preview: Stage['preview'];

  constructor(ofRequest: HeaderEdits | undefined, ofResponse: HeaderEdits | undefined) {
    if (ofRequest) {
      // A CGI-like server could take another spelling for the field that the gateway sets or removes.
      const edits = compileEdits(ofRequest, (fields, name) => fields.removeSpellings(name));
      this.upstreamRequest = (exchange, { fields }) => {
        for (const edit of edits) edit(fields, exchange);
      };
    }
    if (ofResponse) {
      const edits = compileEdits(ofResponse, (fields, name) => fields.remove(name));
      this.response = (exchange, { fields }) => {
        for (const edit of edits) edit(fields, exchange);
      };
    }
    if ([ofRequest, ofResponse].some((edits) => edits && namesConsumer(edits))) {
      this.request = refuseInexpressible;
      this.preview = previewConsumer;
    }
  }
}

/**
 * A field cannot carry every name of a consumer. Without it, the service could take the request for one without a
 * consumer; a changed name could be that of another one.
 */
function refuseInexpressible(exchange: StageExchange): Problem | undefined {
  if (isExpressible(exchange.identity)) return undefined;
  exchange.refusal = 'header-edits: the consumer cannot be sent in a field';
  return inexpressible();
}

function previewConsumer({ identity }: PreviewRequest): Preview {
  if (!isExpressible(identity))
    return {
      decision: 'respond',
      detail: 'the name of the consumer cannot be sent in a field',
      reply: inexpressible(),
    };
  return {
    decision: 'continue',
    detail: identity ? 'fields get the consumer' : 'fields with the consumer are left out',
  };
}

const isExpressible = (identity: Identity | undefined): boolean =>
  identity === undefined || isFieldValue(identity.consumer);

const inexpressible = (): Problem =>
  malformedRequest('the name of the consumer has characters that a header field cannot carry');

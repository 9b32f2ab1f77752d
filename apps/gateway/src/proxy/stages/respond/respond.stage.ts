import type { RespondPolicy } from '../../../policy/members/respond.js';
import type { Preview, Reply, Stage } from '../../exchange/stage.js';

/** Responds to every request, for example with a maintenance page. */
export class RespondStage implements Stage {
  readonly name = 'respond';
  private readonly reply: Reply;

  constructor({ status, contentType, content }: RespondPolicy) {
    this.reply = {
      status,
      fields: content.length > 0 ? { 'content-type': contentType } : {},
      body: content,
    };
  }

  request(): Reply {
    return this.reply;
  }

  preview(): Preview {
    return { decision: 'respond', detail: 'the route responds without an instance', reply: this.reply };
  }
}

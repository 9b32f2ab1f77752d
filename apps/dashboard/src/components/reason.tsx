import type { AttentionItem } from '#contracts';
import { attentionReason } from '../text/attention';
import { useFormat, useLanguage } from '../text/language';

/** Why something needs attention, in the language of the page if its figures say it. */
export function Reason({ item }: { readonly item: AttentionItem }) {
  const text = attentionReason(item, useLanguage(), useFormat());
  return text === undefined ? <span lang="en">{item.reason}</span> : <span>{text}</span>;
}

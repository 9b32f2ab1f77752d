const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text for HTML, also inside of an attribute. */
export const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);

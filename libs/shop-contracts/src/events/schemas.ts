/** Schemas of members that several events carry. */
export const text = { type: 'string' };
export const id = { ...text, minLength: 1 };
export const count = { type: 'integer', minimum: 0 };
export const version = { type: 'integer', minimum: 1, description: 'grows with every change of the entity' };
export const amount = { type: 'integer', minimum: 0, description: 'in minor units of the currency' };

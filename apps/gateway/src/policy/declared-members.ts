/**
 * What one level of the file declares for a policy member: metadata texts by their keys, if metadata can declare the
 * member too, or a value and the plain data that stands for it in the file. The value of a member that the level
 * switches off is `undefined`.
 */
export type DeclaredMember =
  { readonly texts: Readonly<Record<string, string>> } | { readonly value: unknown; readonly plain: unknown };

/** What one level of the file declares, by policy member. */
export type DeclaredMembers = ReadonlyMap<string, DeclaredMember>;

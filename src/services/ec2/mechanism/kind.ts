/** A tag as it is stored: both members are always there. */
export interface StoredTag {
  readonly Key: string;
  readonly Value: string;
}

/** What every stored resource has. Its own members stand beside these; times are milliseconds since 1970. */
export interface Resource {
  readonly id: string;
  readonly createdAt: number;
  readonly tags: readonly StoredTag[];
}

/** Code and message of an error that names ids. */
export interface IdError {
  readonly code: string;
  readonly message: (ids: readonly string[]) => string;
}

/** A kind of resource, told as data: how its ids look, which errors name them, how it is found, when it is gone. */
export interface Kind<R extends Resource = Resource> {
  /** AWS's name of the resource type, as tags and ARNs have it: `security-group`. */
  readonly type: string;
  /** In front of an id's hex digits: `sg` in `sg-0123456789abcdef0`. */
  readonly prefix: string;
  /** How the request's list of ids is called in messages: `instancesSet`. */
  readonly idSet: string;
  readonly notFound: IdError;
  readonly malformed: IdError;
  /** Values under which resources are found without looking at all of them. */
  readonly indexes?: Readonly<Record<string, (resource: R) => readonly string[]>>;
  /** Found by its id alone, too, in whatever account and Region it is. */
  readonly locatable?: boolean;
  /** When the resource stops being there; never when not given. */
  readonly goneAt?: (resource: R) => number;
}

/** "The vpc ID 'vpc-1' does not exist", and for several "The vpc IDs 'vpc-1, vpc-2' do not exist". */
export const doesNotExist = (noun: string) => (ids: readonly string[]) =>
  ids.length === 1 ? `The ${noun} ID '${ids[0]}' does not exist` : `The ${noun} IDs '${ids.join(", ")}' do not exist`;

/** `Invalid id: "x" (expecting "vpc-...")` */
export const invalidId = (prefix: string) => (ids: readonly string[]) =>
  `Invalid id: "${ids[0]}" (expecting "${prefix}-...")`;

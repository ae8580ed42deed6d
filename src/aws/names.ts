declare const brand: unique symbol;
type Named<Name extends string> = string & { readonly [brand]: Name };

/** A 12-digit AWS account number, kept as text: it may begin with zeros. */
export type AccountId = Named<"AccountId">;

/** A Region's code, such as `us-east-1`. */
export type Region = Named<"Region">;

/** Takes text for an account id; throws a RangeError when it isn't 12 digits. */
export function accountId(text: string): AccountId {
  if (!/^\d{12}$/.test(text)) throw new RangeError(`${JSON.stringify(text)} is no AWS account id: it takes 12 digits`);
  return text as AccountId;
}

/** Takes text for a Region's code; throws a RangeError when it hasn't the form of one. */
export function region(text: string): Region {
  if (!/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/.test(text))
    throw new RangeError(`${JSON.stringify(text)} is no AWS Region, such as us-east-1`);
  return text as Region;
}
